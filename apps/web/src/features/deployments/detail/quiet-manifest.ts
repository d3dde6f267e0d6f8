const deploymentLabel = /^\s*flow\.dev\/deployment: .*\n?/gm;

/** A manifest without the label that names the deployment: it changes in every object each time, and would hide what matters. */
export function quietManifest(manifest: string): string {
  return manifest.replaceAll(deploymentLabel, '');
}
