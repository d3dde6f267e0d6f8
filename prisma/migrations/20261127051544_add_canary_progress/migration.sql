-- AlterTable
ALTER TABLE "target_deployment" ADD COLUMN     "progress" JSONB NOT NULL DEFAULT '[]';
