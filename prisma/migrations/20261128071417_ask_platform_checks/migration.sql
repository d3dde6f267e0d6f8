-- DropForeignKey
ALTER TABLE "external_question" DROP CONSTRAINT "external_question_tenant_id_external_id_fkey";

-- AlterTable: whoever was asked until now belonged to the tenant.
ALTER TABLE "external_question" ADD COLUMN     "check_tenant_id" TEXT;
UPDATE "external_question" SET "check_tenant_id" = "tenant_id";
ALTER TABLE "external_question" ALTER COLUMN "check_tenant_id" SET NOT NULL;

-- A tenant asks its own outside services and those of the platform, never those of another tenant.
ALTER TABLE "external_question" ADD CONSTRAINT "external_question_asks_own_or_platform" CHECK ("check_tenant_id" IN ("tenant_id", 'platform'));

-- AddForeignKey
ALTER TABLE "external_question" ADD CONSTRAINT "external_question_check_tenant_id_external_id_fkey" FOREIGN KEY ("check_tenant_id", "external_id") REFERENCES "external_check"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
