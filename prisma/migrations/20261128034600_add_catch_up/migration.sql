-- AlterTable
ALTER TABLE "target_deployment" ADD COLUMN     "catch_up" TEXT,
ADD COLUMN     "catch_up_id" TEXT;
