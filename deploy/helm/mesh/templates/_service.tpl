{{- /* (root, service): all objects of one service in profile ha. */ -}}
{{- define "mesh.service" -}}
{{- $root := index . 0 }}
{{- $name := index . 1 }}
{{- $section := index $root.Values $name }}
{{- $persistence := $section.persistence | default (dict "enabled" false) }}
{{- include "mesh.serviceAccount" . }}
{{- include "mesh.claim" (list $root $name $persistence) }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "mesh.metadata" . | nindent 2 }}
spec:
  replicas: {{ $section.replicas | default 1 }}
  selector:
    matchLabels:
      {{- include "mesh.selector" . | nindent 6 }}
  {{- if ne $name "syncmaster" }}
  # One process at a time, also while it is replaced (docs/operations.md, "Replicas").
  strategy: { type: Recreate }
  {{- end }}
  template:
    metadata:
      labels:
        {{- include "mesh.labels" . | nindent 8 }}
      {{- with $section.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "mesh.name" $root }}-{{ $name }}
      automountServiceAccountToken: {{ eq $name "accesspoint" }}
      enableServiceLinks: false
      # Longer than a service takes to let what runs finish.
      terminationGracePeriodSeconds: 30
      securityContext:
        {{- include "mesh.podSecurity" $root | nindent 8 }}
      {{- include "mesh.scheduling" (list $root $section) | nindent 6 }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "mesh.selector" . | nindent 14 }}
      containers:
        - name: {{ $name }}
          {{- include "mesh.container" $root | nindent 10 }}
          args: [service, {{ $name }}]
          env:
            {{- include "mesh.environment.shell" . | nindent 12 }}
            {{- include "mesh.environment.own" (list $root (list $name)) | nindent 12 }}
          ports:
            {{- include "mesh.containerPorts" (list $name) | nindent 12 }}
          {{- include "mesh.probes" $root | nindent 10 }}
          resources:
            {{- toYaml $section.resources | nindent 12 }}
          volumeMounts:
            - { name: state, mountPath: {{ include "mesh.stateDir" $root }} }
            - { name: tmp, mountPath: /tmp }
            {{- include "mesh.trustMount" $root | nindent 12 }}
            {{- if eq $name "accesspoint" }}
            {{- include "mesh.secretMount" (list $root "authority" "ca") | nindent 12 }}
            {{- include "mesh.secretMount" (list $root "people" "people") | nindent 12 }}
            {{- else }}
            {{- include "mesh.secretMount" (list $root "join" "join") | nindent 12 }}
            {{- end }}
      volumes:
        {{- include "mesh.stateVolume" (list $root $name $persistence) | nindent 8 }}
        - { name: tmp, emptyDir: {} }
        {{- include "mesh.trustVolume" $root | nindent 8 }}
        {{- if eq $name "accesspoint" }}
        {{- include "mesh.secretVolume" (list $root "authority") | nindent 8 }}
        {{- include "mesh.secretVolume" (list $root "people") | nindent 8 }}
        {{- else }}
        # AccessPoint has the API server say whose token it is, and issues that service's certificate for it.
        - name: join
          projected:
            sources:
              - serviceAccountToken:
                  audience: {{ $root.Values.trustDomain }}
                  expirationSeconds: 3600
                  path: {{ $name }}.token
        {{- end }}
{{ include "mesh.networkService" (list $root $name $name "mesh" "ClusterIP") }}
{{ include "mesh.disruptionBudget" . }}
{{- end }}

{{- define "mesh.serviceAccount" }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "mesh.metadata" . | nindent 2 }}
automountServiceAccountToken: false
{{- end }}

{{- /* (root, name, component of the pods that answer, port, type): the name of the port is the name of its container's. */ -}}
{{- define "mesh.networkService" -}}
{{- $root := index . 0 }}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "mesh.metadata" (list $root (index . 1)) | nindent 2 }}
spec:
  type: {{ index . 4 }}
  selector:
    {{- include "mesh.selector" (list $root (index . 2)) | nindent 4 }}
  ports:
    - { name: {{ index . 3 }}, port: {{ include "mesh.port" (index . 3) }}, targetPort: {{ index . 3 }} }
{{- end }}

{{- define "mesh.port" -}}
{{ index (dict "mesh" 7443 "people" 8443 "webhook" 9443 "probes" 8080 "nats" 4222 "redis" 6379) . }}
{{- end }}

{{- /* services */ -}}
{{- define "mesh.containerPorts" -}}
- { name: mesh, containerPort: 7443 }
- { name: probes, containerPort: 8080 }
{{- if has "accesspoint" . }}
- { name: people, containerPort: 8443 }
{{- end }}
{{- if has "codesource" . }}
- { name: webhook, containerPort: 9443 }
{{- end }}
{{- end }}

{{- define "mesh.disruptionBudget" -}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "mesh.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "mesh.selector" . | nindent 6 }}
{{- end }}
