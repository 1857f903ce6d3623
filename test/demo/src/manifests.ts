/** A Deployment of the demo's web server. */
export function webDeployment(image: string, replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  progressDeadlineSeconds: 10
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: ${image}
          ports: [{ containerPort: 8080 }]
`
}

/** The Service before it. */
export function webService(): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080 }]
`
}

/** What every cluster has before an application comes. */
export function namespaceAndQuota(name: string): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: ${name}
---
apiVersion: v1
kind: ResourceQuota
metadata:
  name: ${name}
  namespace: ${name}
spec:
  hard: { pods: "20" }
`
}
