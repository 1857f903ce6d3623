{{- define "mesh.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "mesh.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- /* (root, section): where pods run and as what. */ -}}
{{- define "mesh.scheduling" -}}
{{- with (index . 0).Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with (index . 1).nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index . 1).tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* A container of the mesh's image: its entrypoint is bin/k8or, which sets Node's flags and MALLOC_ARENA_MAX. */ -}}
{{- define "mesh.container" -}}
image: {{ include "mesh.image" (list .Values.image .Chart.AppVersion) }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- include "mesh.containerSecurity" . | nindent 2 }}
{{- end }}

{{- define "mesh.probes" -}}
startupProbe:
  httpGet: { path: /healthz, port: probes }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: probes }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: probes }
  periodSeconds: 5
  timeoutSeconds: 3
{{- end }}

{{- /* (root, component): the certificate of the authority, which everybody reads. */ -}}
{{- define "mesh.trustMount" -}}
- name: trust
  mountPath: {{ include "mesh.stateDir" . }}/ca.crt
  subPath: ca.crt
  readOnly: true
{{- end }}

{{- define "mesh.trustVolume" -}}
- name: trust
  secret: { secretName: {{ include "mesh.name" . }}-trust }
{{- end }}

{{- /* (root, name of the volume, of the Secret and of the folder) */ -}}
{{- define "mesh.secretMount" -}}
- name: {{ index . 1 }}
  mountPath: {{ include "mesh.stateDir" (index . 0) }}/{{ index . 2 }}
  readOnly: true
{{- end }}

{{- define "mesh.secretVolume" -}}
- name: {{ index . 1 }}
  secret: { secretName: {{ include "mesh.name" (index . 0) }}-{{ index . 1 }}, defaultMode: 0440 }
{{- end }}

{{- /* (root, component, persistence) */ -}}
{{- define "mesh.stateVolume" -}}
- name: state
{{- if (index . 2).enabled }}
  persistentVolumeClaim: { claimName: {{ include "mesh.name" (index . 0) }}-{{ index . 1 }} }
{{- else }}
  emptyDir: {}
{{- end }}
{{- end }}

{{- /* (root, component, persistence, annotations) */ -}}
{{- define "mesh.claim" -}}
{{- $persistence := index . 2 }}
{{- if $persistence.enabled }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "mesh.metadata" . | nindent 2 }}
  annotations:
    helm.sh/resource-policy: keep
spec:
  {{- include "mesh.claimSpec" $persistence | nindent 2 }}
{{- end }}
{{- end }}

{{- define "mesh.claimSpec" -}}
accessModes: [ReadWriteOnce]
{{- with .storageClassName }}
storageClassName: {{ . }}
{{- end }}
resources:
  requests: { storage: {{ .size }} }
{{- end }}
