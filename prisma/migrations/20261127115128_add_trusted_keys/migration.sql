-- AlterTable
ALTER TABLE "evidence" ADD COLUMN     "key_id" TEXT,
ADD COLUMN     "original" TEXT;

-- CreateTable
CREATE TABLE "trusted_key" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "trusted_key_pkey" PRIMARY KEY ("tenant_id","id")
);
