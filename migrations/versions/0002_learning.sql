-- What is tried and what runs: prompts, models, experiments, plugins, settings.

CREATE TABLE crashlight.models (
    model TEXT NOT NULL,
    first_seen TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT models_pkey PRIMARY KEY (model)
);
COMMENT ON TABLE crashlight.models IS 'Models that answered.';
COMMENT ON COLUMN crashlight.models.model IS 'The model, name@hash, as events carry it.';
COMMENT ON COLUMN crashlight.models.first_seen IS 'When it was first used.';
CREATE TABLE crashlight.plugins (
    digest TEXT NOT NULL,
    plugin TEXT NOT NULL,
    version TEXT DEFAULT '' NOT NULL,
    manifest JSONB,
    permissions JSONB,
    builtin BOOLEAN DEFAULT false NOT NULL,
    first_seen TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT plugins_pkey PRIMARY KEY (digest)
);
CREATE INDEX plugins_plugin_idx ON crashlight.plugins (plugin);
COMMENT ON TABLE crashlight.plugins IS 'Analyzers, one row for each content.';
COMMENT ON COLUMN crashlight.plugins.digest IS 'Hash of its files.';
COMMENT ON COLUMN crashlight.plugins.plugin IS 'Its id.';
COMMENT ON COLUMN crashlight.plugins.version IS 'Its version.';
COMMENT ON COLUMN crashlight.plugins.manifest IS 'What it says of itself.';
COMMENT ON COLUMN crashlight.plugins.permissions IS 'What the user granted.';
COMMENT ON COLUMN crashlight.plugins.builtin IS 'Whether it came with Crashlight.';
COMMENT ON COLUMN crashlight.plugins.first_seen IS 'When it was first met.';
CREATE TABLE crashlight.prompt_versions (
    prompt TEXT NOT NULL,
    content_hash TEXT,
    first_seen TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT prompt_versions_pkey PRIMARY KEY (prompt)
);
COMMENT ON TABLE crashlight.prompt_versions IS 'Versions of prompts that were used.';
COMMENT ON COLUMN crashlight.prompt_versions.prompt IS 'The prompt, id@version, as events carry it.';
COMMENT ON COLUMN crashlight.prompt_versions.content_hash IS 'Of its text and examples, where this program ships it.';
COMMENT ON COLUMN crashlight.prompt_versions.first_seen IS 'When it was first used.';
CREATE TABLE crashlight.settings_snapshots (
    hash TEXT NOT NULL,
    settings JSONB NOT NULL,
    program TEXT NOT NULL,
    first_seen TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    author TEXT DEFAULT CURRENT_USER NOT NULL,
    CONSTRAINT settings_snapshots_pkey PRIMARY KEY (hash)
);
COMMENT ON TABLE crashlight.settings_snapshots IS 'Settings under which something was measured.';
COMMENT ON COLUMN crashlight.settings_snapshots.hash IS 'Of the settings, without secrets.';
COMMENT ON COLUMN crashlight.settings_snapshots.settings IS 'What differs from the defaults, without secrets.';
COMMENT ON COLUMN crashlight.settings_snapshots.program IS 'The version of Crashlight.';
COMMENT ON COLUMN crashlight.settings_snapshots.first_seen IS 'When they were first in use.';
COMMENT ON COLUMN crashlight.settings_snapshots.author IS 'The database role that wrote it.';
CREATE TABLE crashlight.experiments (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL,
    family TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    winner TEXT,
    CONSTRAINT experiments_pkey PRIMARY KEY (id),
    CONSTRAINT experiments_times_check CHECK (ended_at IS NULL OR ended_at >= started_at),
    CONSTRAINT experiments_name_key UNIQUE (name),
    CONSTRAINT experiments_winner_fkey FOREIGN KEY(winner) REFERENCES crashlight.prompt_versions (prompt)
);
CREATE UNIQUE INDEX experiments_running_family_key ON crashlight.experiments (family) WHERE ended_at IS NULL;
COMMENT ON TABLE crashlight.experiments IS 'Comparisons of prompt versions.';
COMMENT ON COLUMN crashlight.experiments.id IS 'A number of no meaning.';
COMMENT ON COLUMN crashlight.experiments.name IS 'What people call it.';
COMMENT ON COLUMN crashlight.experiments.family IS 'The family of prompts that is compared.';
COMMENT ON COLUMN crashlight.experiments.started_at IS 'When it began.';
COMMENT ON COLUMN crashlight.experiments.ended_at IS 'When it was decided or given up.';
COMMENT ON COLUMN crashlight.experiments.winner IS 'The prompt that was promoted.';
CREATE TABLE crashlight.plugin_runs (
    id UUID NOT NULL,
    digest TEXT NOT NULL,
    level TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    requests INTEGER DEFAULT 0 NOT NULL,
    cpu_ms DOUBLE PRECISION,
    outcome TEXT,
    CONSTRAINT plugin_runs_pkey PRIMARY KEY (id),
    CONSTRAINT plugin_runs_level_check CHECK (level IN ('full', 'seccomp', 'process', 'none')),
    CONSTRAINT plugin_runs_outcome_check CHECK (outcome IN ('closed', 'crashed', 'killed', 'refused')),
    CONSTRAINT plugin_runs_digest_fkey FOREIGN KEY(digest) REFERENCES crashlight.plugins (digest) ON DELETE CASCADE
);
CREATE INDEX plugin_runs_digest_started_at_idx ON crashlight.plugin_runs (digest, started_at);
CREATE INDEX plugin_runs_started_at_idx ON crashlight.plugin_runs (started_at);
COMMENT ON TABLE crashlight.plugin_runs IS 'Processes of analyzers. Kept for 90 days.';
COMMENT ON COLUMN crashlight.plugin_runs.id IS 'Made where it happened: it is stored once.';
COMMENT ON COLUMN crashlight.plugin_runs.digest IS 'The plugin''s content.';
COMMENT ON COLUMN crashlight.plugin_runs.level IS 'How it was locked in: full, seccomp, process or none.';
COMMENT ON COLUMN crashlight.plugin_runs.started_at IS 'When its process was ready.';
COMMENT ON COLUMN crashlight.plugin_runs.ended_at IS 'When its process ended.';
COMMENT ON COLUMN crashlight.plugin_runs.requests IS 'Requests that it answered.';
COMMENT ON COLUMN crashlight.plugin_runs.cpu_ms IS 'Processor time of its process, in milliseconds.';
COMMENT ON COLUMN crashlight.plugin_runs.outcome IS 'How it ended: closed, crashed, killed or refused.';
CREATE TABLE crashlight.arms (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    experiment_id BIGINT NOT NULL,
    prompt TEXT NOT NULL,
    floor DOUBLE PRECISION DEFAULT 0.1 NOT NULL,
    CONSTRAINT arms_pkey PRIMARY KEY (id),
    CONSTRAINT arms_experiment_id_prompt_key UNIQUE (experiment_id, prompt),
    CONSTRAINT arms_floor_check CHECK (floor BETWEEN 0 AND 1),
    CONSTRAINT arms_experiment_id_fkey FOREIGN KEY(experiment_id) REFERENCES crashlight.experiments (id) ON DELETE CASCADE,
    CONSTRAINT arms_prompt_fkey FOREIGN KEY(prompt) REFERENCES crashlight.prompt_versions (prompt)
);
CREATE INDEX arms_prompt_idx ON crashlight.arms (prompt);
COMMENT ON TABLE crashlight.arms IS 'What an experiment compares.';
COMMENT ON COLUMN crashlight.arms.id IS 'A number of no meaning.';
COMMENT ON COLUMN crashlight.arms.experiment_id IS 'The experiment it belongs to.';
COMMENT ON COLUMN crashlight.arms.prompt IS 'The prompt that it tries.';
COMMENT ON COLUMN crashlight.arms.floor IS 'Its least share of the traffic.';
CREATE TABLE crashlight.exposures (
    id UUID NOT NULL,
    arm_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    probability DOUBLE PRECISION NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    author TEXT DEFAULT CURRENT_USER NOT NULL,
    CONSTRAINT exposures_pkey PRIMARY KEY (id),
    CONSTRAINT exposures_arm_id_group_id_key UNIQUE (arm_id, group_id),
    CONSTRAINT exposures_probability_check CHECK (probability > 0 AND probability <= 1),
    CONSTRAINT exposures_arm_id_fkey FOREIGN KEY(arm_id) REFERENCES crashlight.arms (id) ON DELETE CASCADE,
    CONSTRAINT exposures_group_id_fkey FOREIGN KEY(group_id) REFERENCES crashlight.crash_groups (id) ON DELETE CASCADE
);
CREATE INDEX exposures_group_id_idx ON crashlight.exposures (group_id);
COMMENT ON TABLE crashlight.exposures IS 'Which group saw which arm.';
COMMENT ON COLUMN crashlight.exposures.id IS 'Made where it happened: it is stored once.';
COMMENT ON COLUMN crashlight.exposures.arm_id IS 'The arm that was drawn.';
COMMENT ON COLUMN crashlight.exposures.group_id IS 'The group of crashes it is about.';
COMMENT ON COLUMN crashlight.exposures.probability IS 'With which it was drawn; reports weigh by it.';
COMMENT ON COLUMN crashlight.exposures.happened_at IS 'When it was drawn.';
COMMENT ON COLUMN crashlight.exposures.author IS 'The database role that wrote it.';
-- What was written before this revision names prompts, models and plugins already.
INSERT INTO crashlight.prompt_versions (prompt, first_seen)
SELECT prompt, min(at) FROM (
    SELECT prompt, happened_at FROM crashlight.feedback_events WHERE prompt IS NOT NULL
    UNION ALL
    SELECT prompt, made_at FROM crashlight.analyses
) AS used (prompt, at) GROUP BY prompt;
INSERT INTO crashlight.models (model, first_seen)
SELECT model, min(at) FROM (
    SELECT model, happened_at FROM crashlight.feedback_events WHERE model IS NOT NULL
    UNION ALL
    SELECT model, made_at FROM crashlight.analyses
) AS used (model, at) GROUP BY model;
INSERT INTO crashlight.plugins (digest, plugin, first_seen)
SELECT digest, min(plugin), min(happened_at) FROM crashlight.security_events WHERE digest <> '' GROUP BY digest;
