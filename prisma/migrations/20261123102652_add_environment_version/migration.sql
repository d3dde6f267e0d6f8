-- AlterTable
ALTER TABLE "environment" ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 0;
