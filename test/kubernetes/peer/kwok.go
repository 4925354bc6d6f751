package main

import (
	"context"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
)

// kwok plays the kubelets: nodes and pods go through the stages of its configuration.
func init() {
	parts["kwok"] = func() {
		// component-base puts a --version of its own on the global set, and kwok's would be the second.
		pflag.CommandLine = pflag.NewFlagSet("kwok", pflag.ContinueOnError)
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
		defer stop()
		flags := pflag.NewFlagSet("kwok-global", pflag.ContinueOnError)
		flags.ParseErrorsAllowlist.UnknownFlags = true
		flags.Usage = func() {}
		ctx, _ = log.InitFlags(ctx, flags)
		ctx = must(config.InitFlags(ctx, flags))
		root := cmd.NewCommand(ctx)
		root.PersistentFlags().AddFlagSet(flags)
		check(root.ExecuteContext(ctx))
	}
}
