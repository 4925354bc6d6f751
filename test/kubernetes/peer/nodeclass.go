package main

import (
	_ "embed"

	"github.com/awslabs/operatorpkg/status"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	kwok "sigs.k8s.io/karpenter/kwok/apis/v1alpha1"
)

//go:embed nodeclass_crd.yaml
var nodeClassCRD []byte

// NodeClass stands for EKS Auto Mode's, so that Karpenter takes a NodePool that was written for EKS as it is.
// Its spec is kept unread: kwok takes its own class of the same name.
type NodeClass struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              runtime.RawExtension `json:"spec,omitempty"`
	Status            NodeClassStatus      `json:"status,omitempty"`
}

type NodeClassStatus struct {
	Conditions []status.Condition `json:"conditions,omitempty"`
}

type NodeClassList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []NodeClass `json:"items"`
}

func (c *NodeClass) GetConditions() []status.Condition     { return c.Status.Conditions }
func (c *NodeClass) SetConditions(list []status.Condition) { c.Status.Conditions = list }
func (c *NodeClass) StatusConditions(o ...status.ForOption) status.ConditionSet {
	return status.NewReadyConditions().For(c, o...)
}

func (c *NodeClass) clone() *NodeClass {
	out := &NodeClass{TypeMeta: c.TypeMeta}
	c.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	c.Spec.DeepCopyInto(&out.Spec)
	out.Status.Conditions = append([]status.Condition(nil), c.Status.Conditions...)
	return out
}

func (c *NodeClass) DeepCopyObject() runtime.Object { return c.clone() }

func (l *NodeClassList) DeepCopyObject() runtime.Object {
	out := &NodeClassList{TypeMeta: l.TypeMeta}
	l.ListMeta.DeepCopyInto(&out.ListMeta)
	for i := range l.Items {
		out.Items = append(out.Items, *l.Items[i].clone())
	}
	return out
}

func registerNodeClass() {
	gv := schema.GroupVersion{Group: "eks.amazonaws.com", Version: "v1"}
	metav1.AddToGroupVersion(scheme.Scheme, gv)
	scheme.Scheme.AddKnownTypes(gv, &NodeClass{}, &NodeClassList{})
}

// GetSupportedNodeClasses adds EKS's class to kwok's own.
func (c *cloud) GetSupportedNodeClasses() []status.Object {
	return []status.Object{&NodeClass{}, &kwok.KWOKNodeClass{}}
}
