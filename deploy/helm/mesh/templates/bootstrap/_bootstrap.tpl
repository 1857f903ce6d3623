{{- /* weight */ -}}
{{- define "mesh.hook" -}}
helm.sh/hook: pre-install,pre-upgrade,pre-rollback
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}

{{- define "mesh.bootstrapPod" -}}
restartPolicy: OnFailure
enableServiceLinks: false
securityContext:
  {{- include "mesh.podSecurity" . | nindent 2 }}
{{- include "mesh.scheduling" (list . dict) }}
{{- end }}

{{- define "mesh.environment.bootstrap" -}}
{{- include "mesh.environment.common" . }}
{{- end }}

{{- define "mesh.busSpec" -}}
# Until NATS is there: it starts beside this.
backoffLimit: 20
template:
  metadata:
    labels:
      {{- include "mesh.labels" (list . "bootstrap-bus") | nindent 6 }}
  spec:
    {{- include "mesh.bootstrapPod" . | nindent 4 }}
    automountServiceAccountToken: false
    containers:
      - name: bootstrap
        {{- include "mesh.container" . | nindent 8 }}
        args: [bootstrap, --bus]
        env:
          {{- include "mesh.environment.bootstrap" . | nindent 10 }}
        resources:
          {{- toYaml .Values.bootstrap.resources | nindent 10 }}
        volumeMounts:
          - { name: tmp, mountPath: /tmp }
          {{- include "mesh.trustMount" . | nindent 10 }}
          {{- include "mesh.secretMount" (list . "authority" "ca") | nindent 10 }}
    volumes:
      - { name: tmp, emptyDir: {} }
      {{- include "mesh.trustVolume" . | nindent 6 }}
      {{- include "mesh.secretVolume" (list . "authority") | nindent 6 }}
{{- end }}
