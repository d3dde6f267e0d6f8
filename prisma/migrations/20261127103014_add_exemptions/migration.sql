-- CreateTable
CREATE TABLE "exemption" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "policy_id" TEXT NOT NULL,
    "policy_kind" TEXT NOT NULL,
    "policy_title" TEXT NOT NULL,
    "is_of_platform" BOOLEAN NOT NULL,
    "service_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "digest" TEXT,
    "version" TEXT,
    "deployment_id" TEXT,
    "kind" TEXT NOT NULL,
    "use" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "ticket" TEXT NOT NULL,
    "asked_by" TEXT NOT NULL,
    "asked_by_name" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_by" TEXT,
    "decided_by_name" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decision_note" TEXT NOT NULL DEFAULT '',
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "withdrawn_at" TIMESTAMPTZ(3),
    "approvals_required" INTEGER NOT NULL DEFAULT 0,
    "used_by" TEXT,
    "used_at" TIMESTAMPTZ(3),
    "review_due_at" TIMESTAMPTZ(3),
    "review_closed_at" TIMESTAMPTZ(3),
    "review_closed_by_name" TEXT,
    "review_note" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "exemption_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "exemption_use" (
    "tenant_id" TEXT NOT NULL,
    "exemption_id" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "exemption_use_pkey" PRIMARY KEY ("tenant_id","exemption_id","deployment_id")
);

-- CreateIndex
CREATE INDEX "exemption_tenant_id_asked_at_id_idx" ON "exemption"("tenant_id", "asked_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "exemption_tenant_id_service_id_environment_id_state_ends_at_idx" ON "exemption"("tenant_id", "service_id", "environment_id", "state", "ends_at");

-- CreateIndex
CREATE INDEX "exemption_tenant_id_review_due_at_review_closed_at_idx" ON "exemption"("tenant_id", "review_due_at", "review_closed_at");

-- CreateIndex
CREATE INDEX "exemption_use_tenant_id_deployment_id_idx" ON "exemption_use"("tenant_id", "deployment_id");

-- AddForeignKey
ALTER TABLE "exemption" ADD CONSTRAINT "exemption_tenant_id_service_id_fkey" FOREIGN KEY ("tenant_id", "service_id") REFERENCES "service"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exemption" ADD CONSTRAINT "exemption_tenant_id_environment_id_fkey" FOREIGN KEY ("tenant_id", "environment_id") REFERENCES "environment"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exemption_use" ADD CONSTRAINT "exemption_use_tenant_id_exemption_id_fkey" FOREIGN KEY ("tenant_id", "exemption_id") REFERENCES "exemption"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exemption_use" ADD CONSTRAINT "exemption_use_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
