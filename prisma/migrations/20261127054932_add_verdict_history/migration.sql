-- AlterTable
ALTER TABLE "deployment" ADD COLUMN     "not_before" TIMESTAMPTZ(3),
ADD COLUMN     "starts_itself" BOOLEAN NOT NULL DEFAULT true;

-- CreateTable
CREATE TABLE "policy_finding" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "deployment_id" TEXT,
    "service_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "artifact_id" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "policy_id" TEXT NOT NULL,
    "revision" INTEGER,
    "effect" TEXT NOT NULL,
    "is_shadow" BOOLEAN NOT NULL,
    "is_limit" BOOLEAN NOT NULL,
    "sentence" TEXT NOT NULL,
    "waits_for" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "exemption" TEXT,
    "earliest_at" TIMESTAMPTZ(3),
    "began_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "policy_finding_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "kept_verdict" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "deployment_id" TEXT,
    "service_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "artifact_id" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "moment" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "facts_version" INTEGER NOT NULL,
    "facts" TEXT NOT NULL,
    "others" TEXT NOT NULL,
    "said" JSONB NOT NULL,
    "outcome" TEXT,
    "outcome_at" TIMESTAMPTZ(3),
    "outcome_of" TEXT,

    CONSTRAINT "kept_verdict_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "policy_finding_tenant_id_deployment_id_ended_at_idx" ON "policy_finding"("tenant_id", "deployment_id", "ended_at");

-- CreateIndex
CREATE INDEX "policy_finding_tenant_id_policy_id_began_at_id_idx" ON "policy_finding"("tenant_id", "policy_id", "began_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "policy_finding_tenant_id_digest_idx" ON "policy_finding"("tenant_id", "digest");

-- CreateIndex
CREATE INDEX "policy_finding_ended_at_policy_id_idx" ON "policy_finding"("ended_at", "policy_id");

-- CreateIndex
CREATE INDEX "kept_verdict_tenant_id_moment_at_id_idx" ON "kept_verdict"("tenant_id", "moment", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "kept_verdict_tenant_id_deployment_id_idx" ON "kept_verdict"("tenant_id", "deployment_id");

-- CreateIndex
CREATE INDEX "kept_verdict_tenant_id_service_id_environment_id_at_idx" ON "kept_verdict"("tenant_id", "service_id", "environment_id", "at" DESC);

-- CreateIndex
CREATE INDEX "kept_verdict_tenant_id_digest_idx" ON "kept_verdict"("tenant_id", "digest");
