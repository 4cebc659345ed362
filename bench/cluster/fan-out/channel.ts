/** The cluster-wide channel that has a member on each frontend. */
export const CHANNEL = 'news';
/** Of the cluster of this section. */
export const NAMESPACE = 'fan-out';
