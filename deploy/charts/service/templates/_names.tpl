{{/* What selects the pods of this release: it can never change. */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .Values.flow.service | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Labels of everything that lives as long as the service. */}}
{{- define "service.labels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/managed-by: flow
flow.dev/tenant: {{ .Values.flow.tenant | quote }}
flow.dev/service: {{ .Values.flow.service | quote }}
flow.dev/environment: {{ .Values.flow.environment | quote }}
{{- end }}

{{/* Labels of the objects themselves: they name the deployment that wrote them last. */}}
{{- define "service.objectLabels" -}}
{{ include "service.labels" . }}
flow.dev/deployment: {{ .Values.flow.deployment | quote }}
{{- end }}

{{/* What an analysis is told: which revision to measure. */}}
{{- define "service.analysisArgs" -}}
- name: hash
  valueFrom:
    podTemplateHashValue: Latest
{{- end }}

{{/* The metrics of both analyses. `count` is empty for the one in the background. */}}
{{- define "service.metrics" -}}
{{- $analysis := .root.Values.analysis }}
{{- $count := .count }}
{{- $address := $analysis.address | default (printf "http://metrics.sandbox/traffic?namespace=%s&service=%s&hash={{args.hash}}&window=%ds" .root.Release.Namespace .root.Release.Name (max 10 (min 60 $analysis.intervalSeconds))) }}
{{- range $metric := list (dict "name" "error-rate" "limit" (divf $analysis.maxErrorRatePercent 100) "path" "{$.errorRate}" "query" $analysis.prometheus.errorRate) (dict "name" "p95" "limit" $analysis.maxP95Ms "path" "{$.p95Ms}" "query" $analysis.prometheus.p95) }}
- name: {{ $metric.name }}
  interval: {{ int $analysis.intervalSeconds }}s
  {{- if $count }}
  count: {{ int $count }}
  {{- else }}
  initialDelay: {{ int $analysis.intervalSeconds }}s
  {{- end }}
  failureLimit: {{ int $analysis.failureLimit }}
  {{- if eq $analysis.provider "prometheus" }}
  successCondition: {{ printf "result[0] <= %v" $metric.limit | quote }}
  provider:
    prometheus:
      address: {{ $analysis.address | quote }}
      query: {{ $metric.query | quote }}
  {{- else }}
  successCondition: {{ printf "result <= %v" $metric.limit | quote }}
  provider:
    web:
      url: {{ $address | quote }}
      jsonPath: {{ $metric.path | quote }}
      timeoutSeconds: 10
  {{- end }}
{{- end }}
{{- end }}
