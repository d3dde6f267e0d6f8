-- CreateTable
CREATE TABLE "external_check" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "sealed_secret" TEXT NOT NULL,
    "timeout_seconds" INTEGER NOT NULL,
    "retries_max" INTEGER NOT NULL,
    "answer_within_minutes" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "external_check_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "external_question" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "configuration_hash" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "said" TEXT NOT NULL DEFAULT '',
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_by_name" TEXT NOT NULL,
    "next_at" TIMESTAMPTZ(3),
    "answer_id" TEXT,
    "stands_for" TEXT,

    CONSTRAINT "external_question_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "external_question_tenant_id_deployment_id_idx" ON "external_question"("tenant_id", "deployment_id");

-- CreateIndex
CREATE UNIQUE INDEX "external_question_tenant_id_stands_for_key" ON "external_question"("tenant_id", "stands_for");

-- AddForeignKey
ALTER TABLE "external_question" ADD CONSTRAINT "external_question_tenant_id_external_id_fkey" FOREIGN KEY ("tenant_id", "external_id") REFERENCES "external_check"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "external_question" ADD CONSTRAINT "external_question_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
