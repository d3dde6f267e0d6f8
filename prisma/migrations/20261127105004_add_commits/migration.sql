-- CreateTable
CREATE TABLE "commit" (
    "tenant_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "sha" TEXT NOT NULL,
    "parents" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "message" TEXT NOT NULL DEFAULT '',
    "author" TEXT NOT NULL DEFAULT '',
    "committed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "commit_pkey" PRIMARY KEY ("tenant_id","service_id","sha")
);

-- CreateIndex
CREATE INDEX "commit_tenant_id_sha_idx" ON "commit"("tenant_id", "sha");

-- CreateIndex
CREATE INDEX "commit_tenant_id_service_id_committed_at_sha_idx" ON "commit"("tenant_id", "service_id", "committed_at" DESC, "sha" DESC);

-- AddForeignKey
ALTER TABLE "commit" ADD CONSTRAINT "commit_tenant_id_service_id_fkey" FOREIGN KEY ("tenant_id", "service_id") REFERENCES "service"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was built before is found by its commit; its parents follow with the next run that reads the history.
INSERT INTO "commit" ("tenant_id", "service_id", "sha", "message", "author", "committed_at")
SELECT DISTINCT ON ("tenant_id", "service_id", "commit_sha") "tenant_id", "service_id", "commit_sha", "commit_message", "commit_author", "created_at"
FROM "artifact" ORDER BY "tenant_id", "service_id", "commit_sha", "created_at"
ON CONFLICT DO NOTHING;
