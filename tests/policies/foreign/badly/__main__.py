"""A shop's stack as one finds them: plain resources, no component of anybody, and nobody who looked twice.

Every resource is wrong on purpose; golden/foreign.txt has what each deserves.
"""

import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

network = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16")
gateway = aws.ec2.InternetGateway("gateway", vpc_id=network.id)
subnets = [
    aws.ec2.Subnet(f"subnet-{zone}", vpc_id=network.id, cidr_block=block, map_public_ip_on_launch=True)
    for zone, block in (("a", "10.0.0.0/24"), ("b", "10.0.1.0/24"))
]
table = aws.ec2.RouteTable("table", vpc_id=network.id)
aws.ec2.Route("out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
for each, name in zip(subnets, ("a", "b"), strict=True):
    aws.ec2.RouteTableAssociation(f"table-{name}", route_table_id=table.id, subnet_id=each.id)

everything = aws.ec2.SecurityGroup(
    "everything",
    vpc_id=network.id,
    ingress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
    egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
)
aws.ec2.SecurityGroupRule(
    "postgres-for-all",
    type="ingress",
    protocol="tcp",
    from_port=5432,
    to_port=5432,
    cidr_blocks=["0.0.0.0/0"],
    security_group_id=everything.id,
)
aws.vpc.SecurityGroupIngressRule(
    "ssh-for-all",
    security_group_id=everything.id,
    ip_protocol="tcp",
    from_port=22,
    to_port=22,
    cidr_ipv4="0.0.0.0/0",
)

photos = aws.s3.BucketV2("photos", bucket="theirs-photos", force_destroy=True)
aws.s3.BucketPolicy(
    "photos-for-all",
    bucket=photos.bucket,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::theirs-photos/*",
                }
            ],
        }
    ),
)

places = aws.rds.SubnetGroup("places", subnet_ids=[each.id for each in subnets])
orders = aws.rds.Instance(
    "orders",
    engine="postgres",
    instance_class="db.t4g.micro",
    allocated_storage=20,
    username="shop",
    password=pulumi.Output.secret("not-a-secret-any-more"),
    db_subnet_group_name=places.name,
    vpc_security_group_ids=[everything.id],
    publicly_accessible=True,
    storage_encrypted=False,
    skip_final_snapshot=True,
)

for_anything = aws.iam.Policy(
    "for-anything",
    policy=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    ),
)
run_as = aws.iam.Role(
    "run-as",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
        }
    ),
)
aws.iam.RolePolicyAttachment("run-as-anything", role=run_as.name, policy_arn=for_anything.arn)
deployer = aws.iam.User("deployer")
aws.iam.AccessKey("deployer-key", user=deployer.name)

aws.secretsmanager.Secret("stripe", recovery_window_in_days=0)
aws.cloudwatch.LogGroup("log")
aws.sns.Topic("alarms")
aws.kms.Key("key", deletion_window_in_days=7)
aws.ecr.Repository("shop", name="shop", force_delete=True)

front = aws.alb.LoadBalancer("front", subnets=[each.id for each in subnets], security_groups=[everything.id])
group = aws.lb.TargetGroup("group", port=80, protocol="HTTP", vpc_id=network.id)
aws.lb.Listener(
    "clear",
    load_balancer_arn=front.arn,
    port=80,
    protocol="HTTP",
    default_actions=[{"type": "forward", "target_group_arn": group.arn}],
)
aws.cloudfront.Distribution(
    "edge",
    enabled=True,
    origins=[
        {
            "domain_name": front.dns_name,
            "origin_id": "front",
            "custom_origin_config": {
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "http-only",
                "origin_ssl_protocols": ["TLSv1"],
            },
        }
    ],
    default_cache_behavior={
        "target_origin_id": "front",
        "viewer_protocol_policy": "allow-all",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "forwarded_values": {"query_string": True, "cookies": {"forward": "all"}},
    },
    restrictions={"geo_restriction": {"restriction_type": "none"}},
    viewer_certificate={"cloudfront_default_certificate": True},
)

cluster = aws.eks.Cluster(
    "cluster",
    role_arn=run_as.arn,
    version="1.29",
    vpc_config={"subnet_ids": [each.id for each in subnets], "endpoint_public_access": True},
)
aws.eks.NodeGroup(
    "nodes",
    cluster_name=cluster.name,
    node_role_arn=run_as.arn,
    subnet_ids=[each.id for each in subnets],
    remote_access={"ec2_ssh_key": "everybodys"},
    scaling_config={"desired_size": 2, "min_size": 1, "max_size": 3},
)

inside = pulumi.ResourceOptions(
    provider=kubernetes.Provider("inside", kubeconfig=cluster.endpoint.apply(lambda at: json.dumps({"server": at})))
)
kubernetes.core.v1.Namespace("shop-namespace", metadata={"name": "shop"}, opts=inside)
kubernetes.apps.v1.Deployment(
    "web",
    metadata={"name": "web", "namespace": "shop"},
    spec={
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "hostNetwork": True,
                "containers": [
                    {
                        "name": "web",
                        "image": "docker.io/library/nginx:latest",
                        "env": [{"name": "DB_PASSWORD", "value": "not-a-secret-any-more"}],
                        "securityContext": {"privileged": True, "runAsUser": 0},
                    }
                ],
                "volumes": [{"name": "node", "hostPath": {"path": "/var/run/docker.sock"}}],
            },
        },
    },
    opts=inside,
)
kubernetes.core.v1.Service(
    "web-service",
    metadata={"name": "web", "namespace": "shop"},
    spec={"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 80}]},
    opts=inside,
)
kubernetes.rbac.v1.ClusterRole(
    "can-do-anything",
    metadata={"name": "can-do-anything"},
    rules=[{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
    opts=inside,
)
kubernetes.rbac.v1.ClusterRoleBinding(
    "everybody-can",
    metadata={"name": "everybody-can"},
    role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
    subjects=[{"kind": "Group", "name": "system:authenticated", "apiGroup": "rbac.authorization.k8s.io"}],
    opts=inside,
)
kubernetes.core.v1.ConfigMap(
    "settings",
    metadata={"name": "settings", "namespace": "shop"},
    data={"DATABASE_URL": "postgres://shop:not-a-secret-any-more@orders:5432/shop"},
    opts=inside,
)
kubernetes.storage.v1.StorageClass("disks", metadata={"name": "disks"}, provisioner="ebs.csi.aws.com", opts=inside)
kubernetes.batch.v1.CronJob(
    "nightly",
    metadata={"name": "nightly"},
    spec={
        "schedule": "0 3 * * *",
        "jobTemplate": {
            "spec": {
                "template": {
                    "spec": {"restartPolicy": "Never", "containers": [{"name": "nightly", "image": "busybox"}]}
                }
            }
        },
    },
    opts=inside,
)
