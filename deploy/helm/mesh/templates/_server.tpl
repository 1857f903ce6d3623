{{- /* (root, name, args): NATS or Redis, with a volume, a certificate of the mesh's authority, and nothing else. */ -}}
{{- define "mesh.server" -}}
{{- $root := index . 0 }}
{{- $name := index . 1 }}
{{- $names := list $root $name }}
{{- $section := index $root.Values $name }}
{{ include "mesh.networkService" (list $root $name $name $name "ClusterIP") }}
{{- include "mesh.serviceAccount" $names }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "mesh.metadata" $names | nindent 2 }}
spec:
  serviceName: {{ include "mesh.name" $root }}-{{ $name }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "mesh.selector" $names | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "mesh.labels" $names | nindent 8 }}
      annotations:
        # Another version may have other rights on the bus: it starts anew with the configuration that bootstrap made.
        k8or.dev/made-by: {{ include "mesh.image" (list $root.Values.image $root.Chart.AppVersion) }}
    spec:
      serviceAccountName: {{ include "mesh.name" $root }}-{{ $name }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext:
        {{- include "mesh.podSecurity" $root | nindent 8 }}
      {{- include "mesh.scheduling" (list $root dict) | nindent 6 }}
      containers:
        - name: {{ $name }}
          image: {{ include "mesh.image" (list $section.image "") }}
          securityContext:
            {{- include "mesh.containerSecurity" $root | nindent 12 }}
          args: {{ toJson (index . 2) }}
          ports:
            - { name: {{ $name }}, containerPort: {{ include "mesh.port" $name }} }
          startupProbe:
            tcpSocket: { port: {{ $name }} }
            periodSeconds: 2
            failureThreshold: 90
          livenessProbe:
            tcpSocket: { port: {{ $name }} }
          readinessProbe:
            tcpSocket: { port: {{ $name }} }
          resources:
            {{- toYaml $section.resources | nindent 12 }}
          volumeMounts:
            - { name: data, mountPath: /data }
            {{- include "mesh.trustMount" $root | nindent 12 }}
            {{- include "mesh.secretMount" (list $root $name $name) | nindent 12 }}
      volumes:
        {{- include "mesh.trustVolume" $root | nindent 8 }}
        {{- include "mesh.secretVolume" (list $root $name) | nindent 8 }}
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        {{- include "mesh.claimSpec" $section.persistence | nindent 8 }}
{{- end }}
