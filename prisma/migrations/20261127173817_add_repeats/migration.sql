-- AlterTable
ALTER TABLE "deployment" ADD COLUMN     "repeats_id" TEXT;

-- CreateIndex
CREATE INDEX "deployment_tenant_id_repeats_id_idx" ON "deployment"("tenant_id", "repeats_id");

-- AddForeignKey
ALTER TABLE "deployment" ADD CONSTRAINT "deployment_tenant_id_repeats_id_fkey" FOREIGN KEY ("tenant_id", "repeats_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;
