-- AlterTable
ALTER TABLE "notification" ADD COLUMN     "exemption_id" TEXT,
ALTER COLUMN "deployment_id" DROP NOT NULL;
