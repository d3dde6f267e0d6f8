-- AlterTable
ALTER TABLE "deployment" ADD COLUMN     "promotion_rule_id" TEXT;

-- Few deployments are asked for by a rule: the others stand in no index of it.
CREATE INDEX "deployment_promotion_rule_idx" ON "deployment"("tenant_id", "promotion_rule_id", "created_at" DESC, "id" DESC) WHERE "promotion_rule_id" IS NOT NULL;
