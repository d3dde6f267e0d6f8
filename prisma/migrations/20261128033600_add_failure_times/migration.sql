-- AlterTable
ALTER TABLE "deployment" ADD COLUMN     "back_cause" TEXT;

-- AlterTable
ALTER TABLE "target_deployment" ADD COLUMN     "failed_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "deployment_tenant_id_finished_at_id_idx" ON "deployment"("tenant_id", "finished_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "deployment_tenant_id_artifact_id_environment_id_idx" ON "deployment"("tenant_id", "artifact_id", "environment_id");
