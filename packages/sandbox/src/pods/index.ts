export { createKubelet } from './create-kubelet.ts';
export { createPodLogs } from './log/create-pod-logs.ts';
export { buildImage, ImageBuildError, type ImageToBuild } from './image/build-image.ts';
