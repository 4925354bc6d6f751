package main

import (
	"flag"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"go.etcd.io/etcd/server/v3/embed"
)

func init() {
	parts["etcd"] = func() {
		dir := flag.String("data-dir", "", "where it keeps its data")
		client := flag.String("client-url", "", "where the API server finds it")
		peer := flag.String("peer-url", "", "where other members would find it")
		flag.Parse()
		clientURL, peerURL := must(url.Parse(*client)), must(url.Parse(*peer))
		cfg := embed.NewConfig()
		cfg.Dir = *dir
		cfg.ListenClientUrls, cfg.AdvertiseClientUrls = []url.URL{*clientURL}, []url.URL{*clientURL}
		cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = []url.URL{*peerURL}, []url.URL{*peerURL}
		cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
		cfg.LogLevel = "error"
		cfg.UnsafeNoFsync = true // a throwaway store
		e := must(embed.StartEtcd(cfg))
		defer e.Close()
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
		select {
		case <-stop:
		case err := <-e.Err():
			fail(err)
		}
	}
}
