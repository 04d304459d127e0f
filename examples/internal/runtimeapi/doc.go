// Package runtimeapi runs the executable of a Lambda function the way Lambda
// runs it: as a process that asks an HTTP server on loopback, the Runtime API,
// for one invocation after another.
//
//	GET  /2018-06-01/runtime/invocation/next
//	POST /2018-06-01/runtime/invocation/{id}/response
//	POST /2018-06-01/runtime/invocation/{id}/error
//	POST /2018-06-01/runtime/init/error
//
// A Function starts a process with its first invocation and keeps it for the
// next ones; more processes, up to Options.Concurrency, when invocations
// overlap. A process that ends is replaced by the next invocation, one that
// outstays its deadline is killed, and Close ends all of them. It is meant for
// tests and local runs: nothing is isolated, and no limit on memory is held.
//
// See https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
package runtimeapi
