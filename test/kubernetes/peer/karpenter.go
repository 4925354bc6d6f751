package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	karpenter "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/overlay"
	"sigs.k8s.io/karpenter/pkg/controllers"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/operator"
)

// cloud is kwok's, with three things of AWS: capacity can be out, an instance that is ended is gone whether or not it
// has registered, and node classes are EKS Auto Mode's.
type cloud struct {
	*kwok.CloudProvider
	kube client.Client
	// outOfCapacity is a folder: of the NodePools after which a file in it is named no zone has an instance.
	outOfCapacity string
}

func (c *cloud) Create(ctx context.Context, claim *karpenter.NodeClaim) (*karpenter.NodeClaim, error) {
	if _, err := os.Stat(filepath.Join(c.outOfCapacity, claim.Labels[karpenter.NodePoolLabelKey])); err == nil {
		return nil, cloudprovider.NewInsufficientCapacityError(errors.New("all requested instance types were unavailable during launch"))
	}
	return c.CloudProvider.Create(ctx, claim)
}

// Delete ends the instance, which in kwok's cloud is the node. kwok leaves that to the node's finalizer, which only a
// registered one has.
func (c *cloud) Delete(ctx context.Context, claim *karpenter.NodeClaim) error {
	node := &core.Node{ObjectMeta: meta.ObjectMeta{Name: strings.TrimPrefix(claim.Status.ProviderID, "kwok://")}}
	if err := client.IgnoreNotFound(c.kube.Delete(ctx, node)); err != nil {
		return err
	}
	return c.CloudProvider.Delete(ctx, claim)
}

func init() {
	parts["karpenter"] = func() {
		registerNodeClass()
		ctx, op := operator.NewOperator()
		inner := &cloud{
			CloudProvider: kwok.NewCloudProvider(ctx, op.GetClient(), must(kwok.ConstructInstanceTypes(ctx))),
			kube:          op.GetClient(),
			outOfCapacity: os.Getenv("OUT_OF_CAPACITY_FOLDER"),
		}
		outer := overlay.Decorate(inner, op.GetClient(), op.InstanceTypeStore)
		cluster := state.NewCluster(op.Clock, op.GetClient(), outer)
		op.WithControllers(ctx, controllers.NewControllers(ctx, op.Manager, op.Clock, op.GetClient(),
			op.EventRecorder, outer, inner, cluster, op.InstanceTypeStore)...).Start(ctx)
	}
}
