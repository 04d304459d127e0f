// Package runtimeapi runs the executable of a Lambda function as Lambda does: as
// a process that gets one invocation after another from an HTTP server, the
// Runtime API. The server listens on the loopback interface.
//
//	GET  /2018-06-01/runtime/invocation/next
//	POST /2018-06-01/runtime/invocation/{id}/response
//	POST /2018-06-01/runtime/invocation/{id}/error
//	POST /2018-06-01/runtime/init/error
//
// A Function starts a process for the first invocation and reuses it for later
// ones. When invocations overlap, it starts more, up to Options.Concurrency. The
// next invocation replaces a process that has ended. A process that exceeds its
// deadline is killed, and Close kills all. The package is for tests and local
// runs: it does not isolate the processes or limit their memory.
//
// See https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
package runtimeapi
