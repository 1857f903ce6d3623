{{- define "mesh.allowNames" -}}
- ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 53 }]
{{- end }}

{{- /* ports, anywhere */ -}}
{{- define "mesh.allowPorts" -}}
- ports:
    {{- range . }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
{{- end }}

{{- /* (root, nats or redis) */ -}}
{{- define "mesh.allowServer" -}}
{{- $root := index . 0 }}
{{- $name := index . 1 }}
{{- $section := index $root.Values $name }}
{{- if $section.builtIn -}}
- to:
    - podSelector:
        matchLabels:
          {{- include "mesh.selector" . | nindent 10 }}
  ports: [{ protocol: TCP, port: {{ include "mesh.port" $name }} }]
{{- else -}}
- ports: [{ protocol: TCP, port: {{ regexFind "[0-9]+$" $section.url }} }]
{{- end }}
{{- end }}
