{{- define "plimsoll.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}

{{- define "plimsoll.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 53 | trimSuffix "-" -}}
{{- else if contains (include "plimsoll.name" .) .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "plimsoll.name" .) | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "plimsoll.selectorLabels" -}}
app.kubernetes.io/name: {{ include "plimsoll.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "plimsoll.labels" -}}
{{ include "plimsoll.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "plimsoll.image" -}}
{{- $repository := required "image.repository: the project publishes no image yet, name your own" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* What the webhook cannot do without is said at install, not at start. */}}
{{- define "plimsoll.checkWebhook" -}}
{{- $w := .Values.webhook -}}
{{- if not (or .Values.upstream.anonymousReads .Values.upstream.readCredential.existingSecret) -}}
{{- fail "webhook.enabled: the webhook has no client's credential to read with: set upstream.readCredential.existingSecret or upstream.anonymousReads" -}}
{{- end -}}
{{- if not $w.tls.existingSecret -}}
{{- fail "webhook.tls.existingSecret: the API server speaks TLS only" -}}
{{- end -}}
{{- if not (or $w.tls.caBundle $w.annotations) -}}
{{- fail "webhook.tls.caBundle: required, unless webhook.annotations has it injected" -}}
{{- end -}}
{{- if not $w.registries -}}
{{- fail "webhook.registries: name the hosts under which the cluster pulls images" -}}
{{- end -}}
{{- end -}}

{{/* The volume .name of the PEM that .from names, if it does. */}}
{{- define "plimsoll.pem" -}}
{{- if .from.existingConfigMap -}}
- name: {{ .name }}
  configMap:
    name: {{ .from.existingConfigMap }}
    items:
      - {key: {{ .from.key | quote }}, path: ca.crt}
{{- end -}}
{{- end -}}

{{/* The `tls` of a listener whose secret is mounted at .directory. */}}
{{- define "plimsoll.listenerTls" -}}
certificate: {{ .directory }}/tls.crt
key: {{ .directory }}/tls.key
{{- if .clientCa.existingConfigMap }}
clientCa: {{ .directory }}-clients/ca.crt
{{- with .clientAuth }}
clientAuth: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The configuration's spec. The chart owns addresses and paths. */}}
{{- define "plimsoll.config" -}}
{{- $up := dict "url" (required "upstream.url: name the registry to stand in front of" .Values.upstream.url) -}}
{{- with .Values.upstream.name }}{{ $_ := set $up "name" . }}{{ end -}}
{{- if .Values.upstream.anonymousReads }}{{ $_ := set $up "anonymousReads" true }}{{ end -}}
{{- with .Values.upstream.tls -}}
{{- $tls := dict -}}
{{- if .ca.existingConfigMap }}{{ $_ := set $tls "ca" "/etc/plimsoll/ca/ca.crt" }}{{ end -}}
{{- if .existingSecret }}{{ $_ := set $tls "certificate" "/etc/plimsoll/client/tls.crt" }}{{ $_ := set $tls "key" "/etc/plimsoll/client/tls.key" }}{{ end -}}
{{- with .serverName }}{{ $_ := set $tls "serverName" . }}{{ end -}}
{{- with $tls }}{{ $_ := set $up "tls" . }}{{ end -}}
{{- end -}}
{{- with .Values.upstream.passThrough }}{{ $_ := set $up "passThrough" . }}{{ end -}}
{{- if .Values.upstream.readCredential.existingSecret -}}
{{- $_ := set $up "readCredential" (dict "file" "/etc/plimsoll/credentials/read") -}}
{{- end -}}
{{- $spec := dict "listen" "0.0.0.0:5000" "admin" "0.0.0.0:9090" "upstream" $up -}}
{{- $_ := set $spec "store" (dict "sqlite" "/var/lib/plimsoll/plimsoll.db") -}}
{{- $tls := dict "directory" "/etc/plimsoll/tls" "clientCa" .Values.tls.clientCa "clientAuth" .Values.tls.clientAuth -}}
{{- if .Values.tls.existingSecret }}{{ $_ := set $spec "tls" (include "plimsoll.listenerTls" $tls | fromYaml) }}
{{- else if .Values.tls.clientCa.existingConfigMap }}{{ fail "tls.existingSecret: tls.clientCa needs a certificate of the gateway's own" }}{{ end -}}
{{- $_ := set $spec "mode" .Values.mode -}}
{{- $_ := set $spec "noMatch" .Values.noMatch -}}
{{- with .Values.modes }}{{ $_ := set $spec "modes" . }}{{ end -}}
{{- with .Values.layers }}{{ $_ := set $spec "layers" . }}{{ end -}}
{{- with .Values.decisionLog }}{{ $_ := set $spec "decisionLog" . }}{{ end -}}
{{- $files := list -}}
{{- range $name, $text := .Values.policies -}}
{{- $files = append $files (printf "/etc/plimsoll/policies/%s" $name) -}}
{{- end -}}
{{- with $files }}{{ $_ := set $spec "policies" . }}{{ end -}}
{{- if .Values.webhook.enabled -}}
{{- $tls := dict "directory" "/etc/plimsoll/webhook" "clientCa" .Values.webhook.tls.clientCa "clientAuth" "" -}}
{{- $_ := set $spec "webhook" (dict "listen" "0.0.0.0:8443" "tls" (include "plimsoll.listenerTls" $tls | fromYaml) "registries" .Values.webhook.registries) -}}
{{- end -}}
{{- toYaml (mergeOverwrite $spec (deepCopy .Values.extraConfig)) -}}
{{- end -}}
