/** The site of the load balancer, of Prometheus and of the second vantage point. */
export const EDGE = 'edge';
