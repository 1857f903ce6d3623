package core

import (
	"bytes"
	"regexp"

	"sigs.k8s.io/yaml"
)

var separator = regexp.MustCompile(`(?m)^---(?:[ \t\r]|$)`)

// Documents reads the documents of a YAML text as kubectl does; what is empty is passed over.
func Documents(file, text string) ([]Object, error) {
	objects := []Object{}
	for _, document := range separator.Split(text, -1) {
		json, err := yaml.YAMLToJSON([]byte(document))
		if err != nil {
			return nil, &Problem{Reason: "InvalidYaml", File: file, Message: "YAML parse error on " + file + ": " + err.Error()}
		}
		if !bytes.Equal(json, []byte("null")) {
			objects = append(objects, Object{File: file, Object: json})
		}
	}
	return objects, nil
}
