// Command compare reads documents from standard input, one a line, decodes each
// with encoding/json and compares what Go sees with what the C++ reader saw:
//
//	manifest|index|config BASE64 diff_ids|none -|+BASE64
//
// The last word is the C++ reader's model, or "-" where it refused.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

const (
	minDocuments = 10000
	minAccepted  = 3000
	minRefused   = 3000
	maxShown     = 10
)

// model decodes as the kind's reader would and writes what it sees as text.
func model(kind string, document []byte) (string, error) {
	switch kind {
	case "manifest":
		return manifestModel(document)
	case "index":
		return indexModel(document)
	case "config":
		return configModel(document)
	}
	return "", fmt.Errorf("unknown kind %q", kind)
}

// goSeesDiffIDs is true where any Go program would: those that take one value
// from a stream included.
func goSeesDiffIDs(document []byte) bool {
	var config struct {
		RootFS struct {
			DiffIDs []json.RawMessage `json:"diff_ids"`
		} `json:"rootfs"`
	}
	err := json.NewDecoder(bytes.NewReader(document)).Decode(&config)
	return err == nil && len(config.RootFS.DiffIDs) > 0
}

// compare returns what is wrong with one line; "" where nothing is.
func compare(line string) (wrong string, accepted bool) {
	words := strings.Split(line, " ")
	if len(words) != 4 {
		return "malformed line", false
	}
	document, err := base64.StdEncoding.DecodeString(words[1])
	if err != nil {
		return "malformed line: " + err.Error(), false
	}
	if goSeesDiffIDs(document) && words[2] != "diff_ids" {
		return fmt.Sprintf("Go sees diff IDs that we do not:\n%q", document), false
	}
	if words[3] == "-" {
		return "", false
	}
	ours, err := base64.StdEncoding.DecodeString(words[3][1:])
	if err != nil {
		return "malformed line: " + err.Error(), true
	}
	gos, err := model(words[0], document)
	if err != nil {
		return fmt.Sprintf("we accept a %s that Go refuses: %v\n%q", words[0], err, document), true
	}
	if gos != string(ours) {
		return fmt.Sprintf("readings of a %s differ:\n%q\nours:\n%sGo's:\n%s", words[0], document, ours, gos), true
	}
	return "", true
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	documents, accepted, differences := 0, 0, 0
	for lines.Scan() {
		documents++
		wrong, taken := compare(lines.Text())
		if taken {
			accepted++
		}
		if wrong == "" {
			continue
		}
		differences++
		if differences <= maxShown {
			fmt.Println(wrong)
		}
	}
	fmt.Printf("%d documents, %d accepted by us, %d differences\n", documents, accepted, differences)
	enough := documents >= minDocuments && accepted >= minAccepted && documents-accepted >= minRefused
	if lines.Err() != nil || differences > 0 || !enough {
		os.Exit(1)
	}
}
