-- AlterTable
ALTER TABLE "cluster" ADD COLUMN     "purposes" TEXT[] DEFAULT ARRAY['pipelines', 'releases']::TEXT[],
ADD COLUMN     "removed_at" TIMESTAMPTZ(3);
