// Driver of cos-go-sdk-v5: prints a JSON line for each case.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	cos "github.com/tencentyun/cos-go-sdk-v5"
)

// seen is what a case observed.
type seen map[string]any

type step func(key string) (any, error)

var leftOut = map[string]string{
	"list-v2": "the SDK has no list-type=2",
}

type line struct {
	ID       string `json:"id"`
	OK       bool   `json:"ok"`
	Observed any    `json:"observed,omitempty"`
	Error    string `json:"error,omitempty"`
	LeftOut  string `json:"leftOut,omitempty"`
}

func answer(steps map[string]step, id string) (out line) {
	out.ID = id
	if strings.HasPrefix(id, "cors-") || strings.HasPrefix(id, "website-") {
		out.LeftOut = "what only a browser sees"
		return out
	}
	if why := leftOut[id]; why != "" {
		out.LeftOut = why
		return out
	}
	run, known := steps[id]
	if !known {
		out.Error = "the driver does not know this case"
		return out
	}
	defer func() {
		if panicked := recover(); panicked != nil {
			out.Error = fmt.Sprint(panicked)
		}
	}()
	observed, err := run(id)
	if err != nil {
		out.Error = textOf(err)
		return out
	}
	out.OK, out.Observed = true, observed
	return out
}

// textOf is an error without what differs from run to run.
func textOf(err error) string {
	var answer *cos.ErrorResponse
	if errors.As(err, &answer) {
		return fmt.Sprintf("%d %s", answer.Response.StatusCode, answer.Code)
	}
	return err.Error()
}

func main() {
	var ids []string
	if err := json.Unmarshal([]byte(os.Getenv("CONFORMANCE_CASES")), &ids); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	steps := map[string]step{}
	for _, group := range []map[string]step{objects(), lists(), uploads(), copies(), features()} {
		for id, run := range group {
			steps[id] = run
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for _, id := range ids {
		if err := encoder.Encode(answer(steps, id)); err != nil {
			os.Exit(1)
		}
	}
}
