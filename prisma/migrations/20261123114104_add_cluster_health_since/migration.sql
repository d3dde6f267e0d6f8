-- AlterTable
ALTER TABLE "cluster" ADD COLUMN     "health_since" TIMESTAMPTZ(3);
