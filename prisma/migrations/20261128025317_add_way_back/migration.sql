-- CreateTable
CREATE TABLE "way_back" (
    "tenant_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "light" TEXT NOT NULL,
    "sentence" TEXT NOT NULL,
    "looked_at" TIMESTAMPTZ(3) NOT NULL,
    "next_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "way_back_pkey" PRIMARY KEY ("tenant_id","service_id","target_id")
);

-- CreateIndex
CREATE INDEX "way_back_tenant_id_deployment_id_idx" ON "way_back"("tenant_id", "deployment_id");
