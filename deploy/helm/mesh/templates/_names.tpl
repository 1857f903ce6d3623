{{- define "mesh.services" -}}
accesspoint codesource chartstore syncmaster insighthub
{{- end }}

{{- define "mesh.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "mesh.controlNamespace" -}}
{{ .Values.controlNamespace | default .Release.Namespace }}
{{- end }}

{{- define "mesh.stateDir" -}}
/var/lib/k8or
{{- end }}

{{- /* The part that holds the credentials of clusters. */ -}}
{{- define "mesh.gate" -}}
{{ eq .Values.profile "standalone" | ternary "standalone" "accesspoint" }}
{{- end }}

{{- define "mesh.natsUrl" -}}
{{ .Values.nats.builtIn | ternary (printf "tls://%s-nats:4222" (include "mesh.name" .)) .Values.nats.url }}
{{- end }}

{{- define "mesh.redisUrl" -}}
{{ .Values.redis.builtIn | ternary (printf "rediss://%s-redis:6379" (include "mesh.name" .)) .Values.redis.url }}
{{- end }}

{{- /* (image, tag when none is given) */ -}}
{{- define "mesh.image" -}}
{{- $image := index . 0 -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default (index . 1) }}
{{- end -}}
{{- end }}

{{- /* (root, component): what selects the pods of a component; never changes. */ -}}
{{- define "mesh.selector" -}}
app.kubernetes.io/name: k8or-mesh
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "mesh.labels" -}}
{{ include "mesh.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/part-of: k8or-mesh
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
{{- end }}

{{- define "mesh.metadata" -}}
name: {{ include "mesh.name" (index . 0) }}-{{ index . 1 }}
labels:
  {{- include "mesh.labels" . | nindent 2 }}
{{- end }}
