package main

import (
	"encoding/json"
	"os"

	kwok "sigs.k8s.io/karpenter/kwok/apis"
	karpenter "sigs.k8s.io/karpenter/pkg/apis"
	"sigs.k8s.io/yaml"
)

// crds prints, as a JSON array, the definitions that Karpenter needs in the cluster.
func init() {
	parts["crds"] = func() {
		var out []json.RawMessage
		for _, crd := range [][]byte{
			karpenter.NodePoolCRD, karpenter.NodeClaimCRD, karpenter.NodeOverlayCRD, karpenter.CapacityBufferCRD,
			kwok.KWOKNodeClassCRD, nodeClassCRD,
		} {
			out = append(out, must(yaml.YAMLToJSON(crd)))
		}
		check(json.NewEncoder(os.Stdout).Encode(out))
	}
}
