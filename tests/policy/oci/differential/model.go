package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"
)

// The structs have the members and kinds of those that runtimes decode into.

type platform struct {
	Architecture string   `json:"architecture"`
	OS           string   `json:"os"`
	OSVersion    string   `json:"os.version"`
	OSFeatures   []string `json:"os.features"`
	Variant      string   `json:"variant"`
	Features     []string `json:"features"`
}

type descriptor struct {
	MediaType    string            `json:"mediaType"`
	Digest       string            `json:"digest"`
	Size         int64             `json:"size"`
	URLs         []string          `json:"urls"`
	Annotations  map[string]string `json:"annotations"`
	Data         []byte            `json:"data"`
	Platform     *platform         `json:"platform"`
	ArtifactType string            `json:"artifactType"`
}

// document has the members of manifests, indexes and schema 1 at once: those of
// another shape must be found empty.
type document struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	ArtifactType  string            `json:"artifactType"`
	Config        *descriptor       `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Manifests     []descriptor      `json:"manifests"`
	FSLayers      []json.RawMessage `json:"fsLayers"`
	Subject       *descriptor       `json:"subject"`
	Annotations   map[string]string `json:"annotations"`
}

type instant struct{ time.Time }

// UnmarshalJSON takes "" for no time, as our reader does.
func (i *instant) UnmarshalJSON(bytes []byte) error {
	if string(bytes) == `""` {
		return nil
	}
	return i.Time.UnmarshalJSON(bytes)
}

type historyEntry struct {
	Created    *instant `json:"created"`
	CreatedBy  string   `json:"created_by"`
	Author     string   `json:"author"`
	Comment    string   `json:"comment"`
	EmptyLayer bool     `json:"empty_layer"`
}

type runConfig struct {
	User         string              `json:"User"`
	ExposedPorts map[string]struct{} `json:"ExposedPorts"`
	Env          []string            `json:"Env"`
	Entrypoint   []string            `json:"Entrypoint"`
	Cmd          []string            `json:"Cmd"`
	Volumes      map[string]struct{} `json:"Volumes"`
	WorkingDir   string              `json:"WorkingDir"`
	Labels       map[string]string   `json:"Labels"`
	StopSignal   string              `json:"StopSignal"`
	ArgsEscaped  bool                `json:"ArgsEscaped"`
	Image        string              `json:"Image"`
}

type imageConfig struct {
	Created      *instant  `json:"created"`
	Author       string    `json:"author"`
	Architecture string    `json:"architecture"`
	OS           string    `json:"os"`
	OSVersion    string    `json:"os.version"`
	OSFeatures   []string  `json:"os.features"`
	Variant      string    `json:"variant"`
	Config       runConfig `json:"config"`
	RootFS       struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
	History []historyEntry `json:"history"`
}

func text(s string) string { return "'" + hex.EncodeToString([]byte(s)) + "'" }

func list(items []string) string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = text(item)
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

func pairs(m map[string]string) string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	out := "{"
	for _, name := range names {
		out += text(name) + "=" + text(m[name]) + ","
	}
	return out + "}"
}

func system(os, architecture, variant, version string) string {
	return text(os) + "/" + text(architecture) + "/" + text(variant) + "/" + text(version)
}

func when(i *instant) string {
	if i == nil || i.IsZero() {
		return "none"
	}
	return fmt.Sprintf("%d+%d", i.Unix(), i.Nanosecond())
}

func blob(role string, d descriptor) string {
	where := "none"
	if d.Platform != nil {
		where = system(d.Platform.OS, d.Platform.Architecture, d.Platform.Variant, d.Platform.OSVersion)
	}
	data := "none"
	if d.Data != nil {
		data = text(string(d.Data))
	}
	return fmt.Sprintf("%s %s %s %d %s %s %s %s %s\n", role, text(d.MediaType), text(d.Digest), d.Size,
		text(d.ArtifactType), list(d.URLs), pairs(d.Annotations), where, data)
}

func shared(d document) string {
	out := "type " + text(d.ArtifactType) + " " + pairs(d.Annotations) + "\n"
	if d.Subject != nil {
		out += blob("subject", *d.Subject)
	}
	return out
}

func manifestModel(bytes []byte) (string, error) {
	var d document
	if err := json.Unmarshal(bytes, &d); err != nil {
		return "", err
	}
	if d.SchemaVersion != 2 || d.Config == nil || d.Layers == nil {
		return "", errors.New("not a manifest")
	}
	if d.Manifests != nil || d.FSLayers != nil {
		return "", errors.New("also an index or schema 1")
	}
	out := blob("config", *d.Config)
	for _, layer := range d.Layers {
		out += blob("layer", layer)
	}
	return out + shared(d), nil
}

func indexModel(bytes []byte) (string, error) {
	var d document
	if err := json.Unmarshal(bytes, &d); err != nil {
		return "", err
	}
	if d.SchemaVersion != 2 || d.Manifests == nil {
		return "", errors.New("not an index")
	}
	if d.Config != nil || d.Layers != nil || d.FSLayers != nil {
		return "", errors.New("also a manifest or schema 1")
	}
	out := ""
	for _, child := range d.Manifests {
		out += blob("child", child)
	}
	return out + shared(d), nil
}

func configModel(bytes []byte) (string, error) {
	var c imageConfig
	if err := json.Unmarshal(bytes, &c); err != nil {
		return "", err
	}
	if c.RootFS.Type != "layers" {
		return "", errors.New("no root filesystem of layers")
	}
	ports := make([]string, 0, len(c.Config.ExposedPorts))
	for port := range c.Config.ExposedPorts {
		ports = append(ports, port)
	}
	sort.Strings(ports)
	out := fmt.Sprintf("%s %s %s\n%s\n%s %s %s %s %s %s %s %s\n",
		system(c.OS, c.Architecture, c.Variant, c.OSVersion), when(c.Created), text(c.Author),
		list(c.RootFS.DiffIDs), text(c.Config.User), list(c.Config.Env), list(c.Config.Entrypoint),
		list(c.Config.Cmd), text(c.Config.WorkingDir), pairs(c.Config.Labels), list(ports), text(c.Config.Image))
	for _, entry := range c.History {
		layer := "layer"
		if entry.EmptyLayer {
			layer = "empty"
		}
		out += fmt.Sprintf("%s %s %s %s %s\n", when(entry.Created), text(entry.CreatedBy), text(entry.Author),
			text(entry.Comment), layer)
	}
	return out, nil
}
