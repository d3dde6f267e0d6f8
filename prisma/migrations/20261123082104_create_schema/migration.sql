-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "cluster" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "connection" JSONB NOT NULL,
    "sealed_credential" TEXT NOT NULL,
    "capabilities" JSONB NOT NULL DEFAULT '{}',
    "health" TEXT NOT NULL DEFAULT 'unknown',
    "health_reason" TEXT,
    "checked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cluster_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "service" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "runtime" TEXT NOT NULL DEFAULT 'container',
    "tier" INTEGER NOT NULL DEFAULT 3,
    "owner" TEXT NOT NULL DEFAULT '',
    "repository_url" TEXT NOT NULL,
    "default_branch" TEXT NOT NULL DEFAULT 'main',
    "chart" JSONB NOT NULL DEFAULT '{"kind":"flow"}',
    "values" JSONB NOT NULL DEFAULT '{}',
    "depends_on" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "service_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "environment" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "required_approvals" INTEGER NOT NULL DEFAULT 0,
    "bake_time_seconds" INTEGER NOT NULL DEFAULT 30,
    "waves" JSONB NOT NULL,
    "strategy" JSONB NOT NULL,
    "values" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "environment_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "target" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "cluster_id" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "values" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "target_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "deployment" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "artifact_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'deploy',
    "state" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "reason" TEXT,
    "plan" JSONB NOT NULL,
    "snapshot" JSONB NOT NULL,
    "snapshot_hash" TEXT NOT NULL,
    "verdict" JSONB,
    "requested_by" TEXT,
    "invoker" TEXT NOT NULL,
    "run_id" TEXT,
    "stage_key" TEXT,
    "requested_action" TEXT,
    "requested_action_by" TEXT,
    "active_place" TEXT,
    "current_wave" INTEGER NOT NULL DEFAULT 0,
    "wave_finished_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "deployment_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "target_deployment" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "cluster_id" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "release_name" TEXT NOT NULL,
    "wave" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "reason" TEXT,
    "release_revision" INTEGER,
    "previous_revision" INTEGER,
    "previous_artifact_id" TEXT,
    "rollout_uid" TEXT,
    "pod_hash" TEXT,
    "observed" JSONB,
    "analyses" JSONB NOT NULL DEFAULT '[]',
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "target_deployment_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "rendered_manifest" (
    "tenant_id" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "manifest" TEXT NOT NULL,
    "manifest_hash" TEXT NOT NULL,
    "previous" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rendered_manifest_pkey" PRIMARY KEY ("tenant_id","deployment_id","target_id")
);

-- CreateTable
CREATE TABLE "running_version" (
    "tenant_id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "artifact_id" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "release_revision" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "running_version_pkey" PRIMARY KEY ("tenant_id","service_id","target_id")
);

-- CreateTable
CREATE TABLE "approval_request" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "deployment_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "subject_hash" TEXT NOT NULL,
    "required_count" INTEGER NOT NULL,
    "excluded" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_request_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "approval_vote" (
    "tenant_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "shown_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approval_vote_pkey" PRIMARY KEY ("tenant_id","request_id","user_id")
);

-- CreateTable
CREATE TABLE "engine_action" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "cluster_id" TEXT NOT NULL,
    "target" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "requested_by" TEXT,
    "deployment_id" TEXT,
    "target_deployment_id" TEXT,
    "run_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "engine_action_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "observed_object" (
    "tenant_id" TEXT NOT NULL,
    "cluster_id" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "uid" TEXT NOT NULL,
    "resource_version" TEXT NOT NULL,
    "view" JSONB NOT NULL,
    "release" TEXT NOT NULL DEFAULT '',
    "run_id" TEXT,
    "deleted_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "observed_object_pkey" PRIMARY KEY ("tenant_id","cluster_id","resource","namespace","name")
);

-- CreateTable
CREATE TABLE "job" (
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "tenant_id" TEXT,
    "run_at" TIMESTAMPTZ(3) NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "locked_by" TEXT,
    "locked_until" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "dead_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_pkey" PRIMARY KEY ("kind","key")
);

-- CreateTable
CREATE TABLE "lease" (
    "name" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "pipeline_run" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "reason" TEXT,
    "commit_sha" TEXT NOT NULL,
    "commit_message" TEXT NOT NULL DEFAULT '',
    "commit_author" TEXT NOT NULL DEFAULT '',
    "branch" TEXT NOT NULL,
    "trigger" TEXT NOT NULL,
    "requested_by" TEXT,
    "definition" JSONB NOT NULL,
    "cluster_id" TEXT NOT NULL,
    "cancel_requested_at" TIMESTAMPTZ(3),
    "cancel_requested_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "pipeline_run_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "run_segment" (
    "tenant_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "workflow_name" TEXT NOT NULL,
    "workflow_uid" TEXT,
    "namespace" TEXT NOT NULL,
    "stage_keys" TEXT[],
    "state" TEXT NOT NULL,

    CONSTRAINT "run_segment_pkey" PRIMARY KEY ("tenant_id","run_id","ordinal")
);

-- CreateTable
CREATE TABLE "stage_run" (
    "tenant_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "needs" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "steps" JSONB NOT NULL DEFAULT '[]',
    "outputs" JSONB NOT NULL DEFAULT '{}',
    "deployment_id" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "stage_run_pkey" PRIMARY KEY ("tenant_id","run_id","key")
);

-- CreateTable
CREATE TABLE "log_chunk" (
    "tenant_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "first_line" INTEGER NOT NULL,
    "line_count" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "log_chunk_pkey" PRIMARY KEY ("tenant_id","run_id","step_id","ordinal")
);

-- CreateTable
CREATE TABLE "artifact" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "run_id" TEXT,
    "kind" TEXT NOT NULL DEFAULT 'image',
    "version" TEXT NOT NULL,
    "repository" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "commit_sha" TEXT NOT NULL,
    "commit_message" TEXT NOT NULL DEFAULT '',
    "commit_author" TEXT NOT NULL DEFAULT '',
    "chart_version" TEXT NOT NULL,
    "attestations" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "artifact_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "webhook_source" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "service_id" TEXT NOT NULL,
    "style" TEXT NOT NULL,
    "sealed_secret" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_source_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "webhook_delivery" (
    "tenant_id" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "delivery_id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "run_id" TEXT,

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("tenant_id","source_id","delivery_id")
);

-- CreateTable
CREATE TABLE "event" (
    "position" BIGSERIAL NOT NULL,
    "tx_id" BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text)::bigint,
    "tenant_id" TEXT NOT NULL,
    "topics" TEXT[],
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "request_id" TEXT,
    "address" TEXT,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "set_up_at" TIMESTAMPTZ(3),
    "is_demo" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "installation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "result_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("tenant_id","user_id","key")
);

-- CreateTable
CREATE TABLE "tenant" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "is_platform_admin" BOOLEAN NOT NULL DEFAULT false,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("tenant_id","user_id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "user_agent" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oidc_account" (
    "provider" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "oidc_account_pkey" PRIMARY KEY ("provider","subject")
);

-- CreateTable
CREATE TABLE "log_in_attempt" (
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_in_attempt_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "cluster_name_key" ON "cluster"("name");

-- CreateIndex
CREATE UNIQUE INDEX "service_tenant_id_slug_key" ON "service"("tenant_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "environment_tenant_id_slug_key" ON "environment"("tenant_id", "slug");

-- CreateIndex
CREATE UNIQUE INDEX "target_tenant_id_environment_id_region_key" ON "target"("tenant_id", "environment_id", "region");

-- CreateIndex
CREATE INDEX "deployment_tenant_id_created_at_id_idx" ON "deployment"("tenant_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "deployment_tenant_id_service_id_environment_id_created_at_i_idx" ON "deployment"("tenant_id", "service_id", "environment_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "deployment_tenant_id_state_created_at_id_idx" ON "deployment"("tenant_id", "state", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "deployment_tenant_id_active_place_key" ON "deployment"("tenant_id", "active_place");

-- CreateIndex
CREATE INDEX "target_deployment_tenant_id_target_id_release_name_idx" ON "target_deployment"("tenant_id", "target_id", "release_name");

-- CreateIndex
CREATE UNIQUE INDEX "target_deployment_tenant_id_deployment_id_target_id_key" ON "target_deployment"("tenant_id", "deployment_id", "target_id");

-- CreateIndex
CREATE INDEX "approval_request_tenant_id_state_created_at_idx" ON "approval_request"("tenant_id", "state", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "approval_request_tenant_id_deployment_id_key" ON "approval_request"("tenant_id", "deployment_id");

-- CreateIndex
CREATE INDEX "engine_action_tenant_id_deployment_id_idx" ON "engine_action"("tenant_id", "deployment_id");

-- CreateIndex
CREATE INDEX "engine_action_tenant_id_run_id_idx" ON "engine_action"("tenant_id", "run_id");

-- CreateIndex
CREATE UNIQUE INDEX "engine_action_tenant_id_key_key" ON "engine_action"("tenant_id", "key");

-- CreateIndex
CREATE INDEX "observed_object_tenant_id_cluster_id_namespace_release_idx" ON "observed_object"("tenant_id", "cluster_id", "namespace", "release");

-- CreateIndex
CREATE INDEX "observed_object_tenant_id_run_id_idx" ON "observed_object"("tenant_id", "run_id");

-- CreateIndex
CREATE INDEX "job_run_at_idx" ON "job"("run_at");

-- CreateIndex
CREATE INDEX "pipeline_run_tenant_id_created_at_id_idx" ON "pipeline_run"("tenant_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "pipeline_run_tenant_id_service_id_created_at_id_idx" ON "pipeline_run"("tenant_id", "service_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "pipeline_run_tenant_id_state_created_at_id_idx" ON "pipeline_run"("tenant_id", "state", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "pipeline_run_tenant_id_branch_created_at_id_idx" ON "pipeline_run"("tenant_id", "branch", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "pipeline_run_tenant_id_service_id_number_key" ON "pipeline_run"("tenant_id", "service_id", "number");

-- CreateIndex
CREATE INDEX "artifact_tenant_id_service_id_created_at_id_idx" ON "artifact"("tenant_id", "service_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "artifact_tenant_id_created_at_id_idx" ON "artifact"("tenant_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "artifact_tenant_id_service_id_digest_commit_sha_key" ON "artifact"("tenant_id", "service_id", "digest", "commit_sha");

-- CreateIndex
CREATE INDEX "event_tx_id_position_idx" ON "event"("tx_id", "position");

-- CreateIndex
CREATE INDEX "event_tenant_id_created_at_idx" ON "event"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "audit_entry_tenant_id_at_id_idx" ON "audit_entry"("tenant_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_tenant_id_subject_at_id_idx" ON "audit_entry"("tenant_id", "subject", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "idempotency_key_tenant_id_created_at_idx" ON "idempotency_key"("tenant_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_slug_key" ON "tenant"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "log_in_attempt_started_at_idx" ON "log_in_attempt"("started_at");

-- AddForeignKey
ALTER TABLE "service" ADD CONSTRAINT "service_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "environment" ADD CONSTRAINT "environment_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "target" ADD CONSTRAINT "target_tenant_id_environment_id_fkey" FOREIGN KEY ("tenant_id", "environment_id") REFERENCES "environment"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "target" ADD CONSTRAINT "target_cluster_id_fkey" FOREIGN KEY ("cluster_id") REFERENCES "cluster"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deployment" ADD CONSTRAINT "deployment_tenant_id_service_id_fkey" FOREIGN KEY ("tenant_id", "service_id") REFERENCES "service"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deployment" ADD CONSTRAINT "deployment_tenant_id_environment_id_fkey" FOREIGN KEY ("tenant_id", "environment_id") REFERENCES "environment"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deployment" ADD CONSTRAINT "deployment_tenant_id_artifact_id_fkey" FOREIGN KEY ("tenant_id", "artifact_id") REFERENCES "artifact"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "target_deployment" ADD CONSTRAINT "target_deployment_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "target_deployment" ADD CONSTRAINT "target_deployment_tenant_id_target_id_fkey" FOREIGN KEY ("tenant_id", "target_id") REFERENCES "target"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_request" ADD CONSTRAINT "approval_request_tenant_id_deployment_id_fkey" FOREIGN KEY ("tenant_id", "deployment_id") REFERENCES "deployment"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_vote" ADD CONSTRAINT "approval_vote_tenant_id_request_id_fkey" FOREIGN KEY ("tenant_id", "request_id") REFERENCES "approval_request"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pipeline_run" ADD CONSTRAINT "pipeline_run_tenant_id_service_id_fkey" FOREIGN KEY ("tenant_id", "service_id") REFERENCES "service"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_segment" ADD CONSTRAINT "run_segment_tenant_id_run_id_fkey" FOREIGN KEY ("tenant_id", "run_id") REFERENCES "pipeline_run"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stage_run" ADD CONSTRAINT "stage_run_tenant_id_run_id_fkey" FOREIGN KEY ("tenant_id", "run_id") REFERENCES "pipeline_run"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_tenant_id_service_id_fkey" FOREIGN KEY ("tenant_id", "service_id") REFERENCES "service"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artifact" ADD CONSTRAINT "artifact_tenant_id_run_id_fkey" FOREIGN KEY ("tenant_id", "run_id") REFERENCES "pipeline_run"("tenant_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_source" ADD CONSTRAINT "webhook_source_tenant_id_service_id_fkey" FOREIGN KEY ("tenant_id", "service_id") REFERENCES "service"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_tenant_id_source_id_fkey" FOREIGN KEY ("tenant_id", "source_id") REFERENCES "webhook_source"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oidc_account" ADD CONSTRAINT "oidc_account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
