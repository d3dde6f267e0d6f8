-- AlterTable
ALTER TABLE "environment" ADD COLUMN     "progression" JSONB NOT NULL DEFAULT '{"onFailure":{"kind":"rollBackAll"},"regionsAtOnce":null,"pauses":"none"}';

-- AlterTable
ALTER TABLE "deployment" ADD COLUMN     "accepted_failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "continued_wave" INTEGER NOT NULL DEFAULT 0;
