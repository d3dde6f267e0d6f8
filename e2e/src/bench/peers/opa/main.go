// Asks one prepared query of OPA as often as it is told, and tells the processor time of each decision.
// Started with a module and a query; each line on standard input is {"input": …, "count": n}, each line on standard output microseconds.
// With the name of a file as a third argument it compiles both to WebAssembly, writes that file, and ends.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"syscall"

	"github.com/open-policy-agent/opa/v1/rego"
)

type question struct {
	Input any `json:"input"`
	Count int `json:"count"`
}

func main() {
	ctx := context.Background()
	module, err := os.ReadFile(os.Args[1])
	check(err)
	ask := func(query string) *rego.Rego {
		return rego.New(rego.Query(query), rego.Module("flow.rego", string(module)))
	}
	if len(os.Args) > 3 {
		// WebAssembly answers with what is bound to names.
		compiled, err := ask("answer := " + os.Args[2]).Compile(ctx)
		check(err)
		check(os.WriteFile(os.Args[3], compiled.Bytes, 0o600))
		return
	}
	query, err := ask(os.Args[2]).PrepareForEval(ctx)
	check(err)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 0, 1<<20), 1<<24)
	fmt.Println("ready")
	for lines.Scan() {
		var question question
		check(json.Unmarshal(lines.Bytes(), &question))
		before := cpuMicroseconds()
		for range question.Count {
			_, err := query.Eval(ctx, rego.EvalInput(question.Input))
			check(err)
		}
		fmt.Println(float64(cpuMicroseconds()-before) / float64(question.Count))
	}
}

func cpuMicroseconds() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return (usage.Utime.Nano() + usage.Stime.Nano()) / 1000
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
