package helm

import (
	"reflect"
	"slices"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// What differs from one render to the next: the clock, chance, keys.
var undetermined = []string{
	"ago", "bcrypt", "encryptAES", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert", "genSelfSignedCertWithKey",
	"genSignedCert", "genSignedCertWithKey", "htpasswd", "now", "randAlpha", "randAlphaNum", "randAscii", "randBytes",
	"randInt", "randNumeric", "shuffle", "uuidv4",
}

// watched remembers which of them were called.
type watched struct{ used map[string]bool }

func (w *watched) functions() template.FuncMap {
	all := sprig.TxtFuncMap()
	functions := template.FuncMap{
		"lookup": func(string, string, string, string) (map[string]any, error) {
			w.used["lookup"] = true
			return map[string]any{}, nil
		},
	}
	for _, name := range undetermined {
		if function, isThere := all[name]; isThere {
			functions[name] = w.watch(name, function)
		}
	}
	return functions
}

func (w *watched) watch(name string, function any) any {
	inner := reflect.ValueOf(function)
	return reflect.MakeFunc(inner.Type(), func(arguments []reflect.Value) []reflect.Value {
		w.used[name] = true
		if inner.Type().IsVariadic() {
			return inner.CallSlice(arguments)
		}
		return inner.Call(arguments)
	}).Interface()
}

func (w *watched) names() []string {
	names := []string{}
	for name := range w.used {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
