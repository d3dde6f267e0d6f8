-- AlterTable
ALTER TABLE "pipeline_run" ADD COLUMN     "artifact_id" TEXT;

-- AddForeignKey
ALTER TABLE "pipeline_run" ADD CONSTRAINT "pipeline_run_tenant_id_artifact_id_fkey" FOREIGN KEY ("tenant_id", "artifact_id") REFERENCES "artifact"("tenant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;
