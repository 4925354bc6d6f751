package main

import (
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func init() {
	parts["kube-apiserver"] = command(apiserver.NewAPIServerCommand)
	parts["kube-controller-manager"] = command(controllers.NewControllerManagerCommand)
	parts["kube-scheduler"] = command(func() *cobra.Command { return scheduler.NewSchedulerCommand() })
}

func command(make func() *cobra.Command) func() {
	return func() { os.Exit(cli.Run(make())) }
}
