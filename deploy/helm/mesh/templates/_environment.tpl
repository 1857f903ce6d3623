{{- /* Every name here is one that a `config.ts` of the mesh reads; a spec of hosts/k8or shows it. */ -}}

{{- /* (name, value) */ -}}
{{- define "mesh.variable" -}}
{{- $value := index . 1 }}
- name: {{ index . 0 }}
  value: {{ kindIs "string" $value | ternary $value (toJson $value) | quote }}
{{- end }}

{{- define "mesh.environment.common" -}}
{{- include "mesh.variable" (list "K8OR_STATE_DIR" (include "mesh.stateDir" .)) }}
{{- include "mesh.variable" (list "K8OR_NATS_URL" (include "mesh.natsUrl" .)) }}
{{- include "mesh.variable" (list "K8OR_TRUST_DOMAIN" .Values.trustDomain) }}
{{- include "mesh.variable" (list "K8OR_LOG_LEVEL" .Values.logLevel) }}
{{- end }}

{{- /* (root, service): how a service listens and where it finds the others. */ -}}
{{- define "mesh.environment.shell" -}}
{{- $root := index . 0 }}
{{- include "mesh.environment.common" $root }}
{{- with $root.Values.otlpEndpoint }}
{{- include "mesh.variable" (list "OTEL_EXPORTER_OTLP_ENDPOINT" .) }}
{{- end }}
{{- range splitList " " (include "mesh.services" $root) }}
{{- include "mesh.variable" (list (printf "K8OR_%s_URL" (upper .)) (printf "https://%s-%s:7443" (include "mesh.name" $root) .)) }}
{{- end }}
{{- include "mesh.variable" (list (printf "K8OR_%s_LISTEN" (upper (index . 1))) "0.0.0.0:7443") }}
{{- include "mesh.variable" (list (printf "K8OR_%s_PROBES_LISTEN" (upper (index . 1))) "0.0.0.0:8080") }}
{{- end }}

{{- /* (root, services): what the services need besides, each once though several read it. */ -}}
{{- define "mesh.environment.own" -}}
{{- $root := index . 0 }}
{{- $services := index . 1 }}
{{- $own := dict "K8OR_CONTROL_NAMESPACE" (include "mesh.controlNamespace" $root) "K8OR_REDIS_URL" (include "mesh.redisUrl" $root) }}
{{- $_ := set $own "K8OR_ACCESSPOINT_PEOPLE_LISTEN" "0.0.0.0:8443" }}
{{- $_ := set $own "K8OR_JOIN_SERVICE_ACCOUNTS" (printf "%s/%s" $root.Release.Namespace (include "mesh.name" $root)) }}
{{- $_ := set $own "K8OR_WEBHOOK_LISTEN" "0.0.0.0:9443" }}
{{- $_ := set $own "K8OR_INSTALLATION" $root.Values.installation }}
{{- $reads := dict
  "accesspoint" (list "K8OR_CONTROL_NAMESPACE" "K8OR_ACCESSPOINT_PEOPLE_LISTEN" "K8OR_JOIN_SERVICE_ACCOUNTS")
  "codesource" (list "K8OR_REDIS_URL" "K8OR_WEBHOOK_LISTEN")
  "chartstore" (list "K8OR_REDIS_URL" "K8OR_CONTROL_NAMESPACE")
  "syncmaster" (list "K8OR_REDIS_URL" "K8OR_CONTROL_NAMESPACE" "K8OR_INSTALLATION")
  "insighthub" (list) }}
{{- $names := list }}
{{- range $services }}
{{- $names = concat $names (index $reads .) }}
{{- end }}
{{- /* In one process nobody has to join. */ -}}
{{- if eq $root.Values.profile "standalone" }}
{{- $names = without $names "K8OR_JOIN_SERVICE_ACCOUNTS" }}
{{- end }}
{{- range $names | uniq | sortAlpha }}
{{- include "mesh.variable" (list . (index $own .)) }}
{{- end }}
{{- range $services }}
{{- range $key, $value := (index $root.Values .).settings }}
{{- include "mesh.variable" (list (printf "K8OR_%s" (snakecase $key | upper)) $value) }}
{{- end }}
{{- end }}
{{- end }}
