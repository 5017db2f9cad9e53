-- The core: where crashes were found, which are the same one, what was said of them, what people did with it.

CREATE TABLE crashlight.crash_groups (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    fingerprint TEXT NOT NULL,
    language TEXT,
    crash_type TEXT NOT NULL,
    template TEXT DEFAULT '' NOT NULL,
    frames TEXT[] DEFAULT '{}'::text[] NOT NULL,
    state TEXT DEFAULT 'new' NOT NULL,
    state_at TIMESTAMP WITH TIME ZONE,
    first_seen TIMESTAMP WITH TIME ZONE NOT NULL,
    last_seen TIMESTAMP WITH TIME ZONE NOT NULL,
    occurrences BIGINT DEFAULT 0 NOT NULL,
    thumbs_up INTEGER DEFAULT 0 NOT NULL,
    thumbs_down INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT crash_groups_pkey PRIMARY KEY (id),
    CONSTRAINT crash_groups_state_check CHECK (state IN ('new', 'known', 'ignored', 'resolved', 'recurred')),
    CONSTRAINT crash_groups_counts_check CHECK (occurrences >= 0 AND thumbs_up >= 0 AND thumbs_down >= 0),
    CONSTRAINT crash_groups_times_check CHECK (first_seen <= last_seen),
    CONSTRAINT crash_groups_fingerprint_key UNIQUE (fingerprint)
);
CREATE INDEX crash_groups_frames_idx ON crashlight.crash_groups USING gin (frames);
CREATE INDEX crash_groups_last_seen_id_idx ON crashlight.crash_groups (last_seen, id);
COMMENT ON TABLE crashlight.crash_groups IS 'Crashes that are the same one, with counters kept in the transaction that adds the rows they count.';
COMMENT ON COLUMN crashlight.crash_groups.id IS 'A number of no meaning.';
COMMENT ON COLUMN crashlight.crash_groups.fingerprint IS 'What makes two crashes the same one.';
COMMENT ON COLUMN crashlight.crash_groups.language IS 'The runtime that crashed.';
COMMENT ON COLUMN crashlight.crash_groups.crash_type IS 'The class or signal, as printed.';
COMMENT ON COLUMN crashlight.crash_groups.template IS 'The message without what varies.';
COMMENT ON COLUMN crashlight.crash_groups.frames IS 'The application''s frames, normalised; finds similar groups.';
COMMENT ON COLUMN crashlight.crash_groups.state IS 'new, known, ignored, resolved or recurred.';
COMMENT ON COLUMN crashlight.crash_groups.state_at IS 'When the event that set the state happened.';
COMMENT ON COLUMN crashlight.crash_groups.first_seen IS 'When it was first found.';
COMMENT ON COLUMN crashlight.crash_groups.last_seen IS 'When it was last found.';
COMMENT ON COLUMN crashlight.crash_groups.occurrences IS 'How often it was found.';
COMMENT ON COLUMN crashlight.crash_groups.thumbs_up IS 'Votes for its explanations.';
COMMENT ON COLUMN crashlight.crash_groups.thumbs_down IS 'Votes against.';
CREATE TABLE crashlight.feedback_kinds (
    kind TEXT NOT NULL,
    meaning TEXT NOT NULL,
    valuable BOOLEAN NOT NULL,
    CONSTRAINT feedback_kinds_pkey PRIMARY KEY (kind)
);
COMMENT ON TABLE crashlight.feedback_kinds IS 'What can happen to an explanation or a fix.';
COMMENT ON COLUMN crashlight.feedback_kinds.kind IS 'The word that events carry.';
COMMENT ON COLUMN crashlight.feedback_kinds.meaning IS 'What happened, in a sentence.';
COMMENT ON COLUMN crashlight.feedback_kinds.valuable IS 'Whether a person decided something.';
CREATE TABLE crashlight.security_events (
    id UUID NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    plugin TEXT NOT NULL,
    digest TEXT NOT NULL,
    pid INTEGER NOT NULL,
    phase TEXT NOT NULL,
    call TEXT NOT NULL,
    severity TEXT NOT NULL,
    verdict TEXT NOT NULL,
    detail TEXT DEFAULT '' NOT NULL,
    author TEXT DEFAULT CURRENT_USER NOT NULL,
    CONSTRAINT security_events_pkey PRIMARY KEY (id),
    CONSTRAINT security_events_severity_check CHECK (severity IN ('mild', 'severe')),
    CONSTRAINT security_events_verdict_check CHECK (verdict IN ('denied', 'killed', 'refused'))
);
CREATE INDEX security_events_happened_at_idx ON crashlight.security_events (happened_at);
CREATE INDEX security_events_plugin_happened_at_idx ON crashlight.security_events (plugin, happened_at);
COMMENT ON TABLE crashlight.security_events IS 'What plugins did that they may not do. Kept for 90 days.';
COMMENT ON COLUMN crashlight.security_events.id IS 'Made where it happened: it is stored once.';
COMMENT ON COLUMN crashlight.security_events.happened_at IS 'When it happened.';
COMMENT ON COLUMN crashlight.security_events.plugin IS 'The plugin that did it.';
COMMENT ON COLUMN crashlight.security_events.digest IS 'Hash of the plugin''s files.';
COMMENT ON COLUMN crashlight.security_events.pid IS 'Its process.';
COMMENT ON COLUMN crashlight.security_events.phase IS 'load, parse or explain.';
COMMENT ON COLUMN crashlight.security_events.call IS 'The system call, limit or check.';
COMMENT ON COLUMN crashlight.security_events.severity IS 'mild or severe.';
COMMENT ON COLUMN crashlight.security_events.verdict IS 'denied, killed or refused.';
COMMENT ON COLUMN crashlight.security_events.detail IS 'What else is known.';
COMMENT ON COLUMN crashlight.security_events.author IS 'The database role that wrote it.';
CREATE TABLE crashlight.workspaces (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    path TEXT NOT NULL,
    first_seen TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT workspaces_pkey PRIMARY KEY (id),
    CONSTRAINT workspaces_path_key UNIQUE (path)
);
COMMENT ON TABLE crashlight.workspaces IS 'Folders that were open in an editor.';
COMMENT ON COLUMN crashlight.workspaces.id IS 'A number of no meaning.';
COMMENT ON COLUMN crashlight.workspaces.path IS 'The folder, as the server names it.';
COMMENT ON COLUMN crashlight.workspaces.first_seen IS 'When it was first opened.';
CREATE TABLE crashlight.analyses (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    group_id BIGINT NOT NULL,
    excerpt TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT analyses_pkey PRIMARY KEY (id),
    CONSTRAINT analyses_group_id_excerpt_model_prompt_key UNIQUE (group_id, excerpt, model, prompt),
    CONSTRAINT analyses_group_id_fkey FOREIGN KEY(group_id) REFERENCES crashlight.crash_groups (id) ON DELETE CASCADE
);
CREATE INDEX analyses_used_at_idx ON crashlight.analyses (used_at);
COMMENT ON TABLE crashlight.analyses IS 'Answers of models, found again under what they depend on.';
COMMENT ON COLUMN crashlight.analyses.id IS 'A number of no meaning.';
COMMENT ON COLUMN crashlight.analyses.group_id IS 'The group of crashes it is about.';
COMMENT ON COLUMN crashlight.analyses.excerpt IS 'Hash of the source that was shown to the model.';
COMMENT ON COLUMN crashlight.analyses.model IS 'The model, name@hash.';
COMMENT ON COLUMN crashlight.analyses.prompt IS 'The prompt, id@version.';
COMMENT ON COLUMN crashlight.analyses.made_at IS 'When the model answered.';
COMMENT ON COLUMN crashlight.analyses.used_at IS 'When it was last asked for; the oldest go first when there are too many.';
CREATE TABLE crashlight.changes (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    transaction xid8 DEFAULT pg_current_xact_id() NOT NULL,
    group_id BIGINT NOT NULL,
    server UUID NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT changes_pkey PRIMARY KEY (id),
    CONSTRAINT changes_group_id_fkey FOREIGN KEY(group_id) REFERENCES crashlight.crash_groups (id) ON DELETE CASCADE
);
CREATE INDEX changes_changed_at_idx ON crashlight.changes (changed_at);
CREATE INDEX changes_group_id_idx ON crashlight.changes (group_id);
CREATE INDEX changes_transaction_idx ON crashlight.changes (transaction);
COMMENT ON TABLE crashlight.changes IS 'Which groups changed lately, for the other servers. Kept for a day, and in no backup.';
COMMENT ON COLUMN crashlight.changes.id IS 'A number of no meaning.';
COMMENT ON COLUMN crashlight.changes.transaction IS 'Who reads all from the oldest transaction that was running at the last reading misses none.';
COMMENT ON COLUMN crashlight.changes.group_id IS 'The group of crashes it is about.';
COMMENT ON COLUMN crashlight.changes.server IS 'The server that made the change.';
COMMENT ON COLUMN crashlight.changes.changed_at IS 'When the transaction began.';
CREATE TABLE crashlight.feedback_events (
    id UUID NOT NULL,
    group_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    workspace_id BIGINT,
    fix TEXT,
    language TEXT,
    crash_type TEXT,
    category TEXT,
    rule TEXT,
    prompt TEXT,
    model TEXT,
    speaker TEXT,
    editor TEXT,
    reason TEXT,
    comment TEXT,
    latency_ms DOUBLE PRECISION,
    log TEXT,
    line INTEGER,
    detail JSONB,
    author TEXT DEFAULT CURRENT_USER NOT NULL,
    CONSTRAINT feedback_events_pkey PRIMARY KEY (id),
    CONSTRAINT feedback_events_group_id_fkey FOREIGN KEY(group_id) REFERENCES crashlight.crash_groups (id) ON DELETE CASCADE,
    CONSTRAINT feedback_events_kind_fkey FOREIGN KEY(kind) REFERENCES crashlight.feedback_kinds (kind),
    CONSTRAINT feedback_events_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES crashlight.workspaces (id) ON DELETE SET NULL
);
CREATE INDEX feedback_events_group_id_happened_at_idx ON crashlight.feedback_events (group_id, happened_at);
CREATE INDEX feedback_events_happened_at_idx ON crashlight.feedback_events (happened_at);
CREATE INDEX feedback_events_kind_happened_at_idx ON crashlight.feedback_events (kind, happened_at);
CREATE INDEX feedback_events_prompt_happened_at_idx ON crashlight.feedback_events (prompt, happened_at) WHERE prompt IS NOT NULL;
CREATE INDEX feedback_events_workspace_id_idx ON crashlight.feedback_events (workspace_id);
COMMENT ON TABLE crashlight.feedback_events IS 'What people did with explanations and fixes: what the system learns from. Never removed by age.';
COMMENT ON COLUMN crashlight.feedback_events.id IS 'Made where the event happened: it is stored once.';
COMMENT ON COLUMN crashlight.feedback_events.group_id IS 'The group of crashes it is about.';
COMMENT ON COLUMN crashlight.feedback_events.kind IS 'What happened.';
COMMENT ON COLUMN crashlight.feedback_events.happened_at IS 'When it happened, by the clock where it happened.';
COMMENT ON COLUMN crashlight.feedback_events.received_at IS 'When it reached the database.';
COMMENT ON COLUMN crashlight.feedback_events.workspace_id IS 'The workspace it happened in.';
COMMENT ON COLUMN crashlight.feedback_events.fix IS 'The fix it is about.';
COMMENT ON COLUMN crashlight.feedback_events.language IS 'The runtime that crashed.';
COMMENT ON COLUMN crashlight.feedback_events.crash_type IS 'The class or signal.';
COMMENT ON COLUMN crashlight.feedback_events.category IS 'The category that was shown.';
COMMENT ON COLUMN crashlight.feedback_events.rule IS 'The rule that spoke.';
COMMENT ON COLUMN crashlight.feedback_events.prompt IS 'The prompt, id@version.';
COMMENT ON COLUMN crashlight.feedback_events.model IS 'The model, name@hash.';
COMMENT ON COLUMN crashlight.feedback_events.speaker IS 'Who spoke: rules, model or facts.';
COMMENT ON COLUMN crashlight.feedback_events.editor IS 'The editor it happened in.';
COMMENT ON COLUMN crashlight.feedback_events.reason IS 'Why, from a closed list of the clients.';
COMMENT ON COLUMN crashlight.feedback_events.comment IS 'What the user wrote, redacted.';
COMMENT ON COLUMN crashlight.feedback_events.latency_ms IS 'From the question to the answer, in milliseconds.';
COMMENT ON COLUMN crashlight.feedback_events.log IS 'The log it was about.';
COMMENT ON COLUMN crashlight.feedback_events.line IS 'The line of the log, from 1.';
COMMENT ON COLUMN crashlight.feedback_events.detail IS 'What else the client knows.';
COMMENT ON COLUMN crashlight.feedback_events.author IS 'The database role that wrote it.';
CREATE TABLE crashlight.log_sources (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    workspace_id BIGINT,
    path TEXT NOT NULL,
    first_seen TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT log_sources_pkey PRIMARY KEY (id),
    CONSTRAINT log_sources_workspace_id_path_key UNIQUE NULLS NOT DISTINCT (workspace_id, path),
    CONSTRAINT log_sources_workspace_id_fkey FOREIGN KEY(workspace_id) REFERENCES crashlight.workspaces (id) ON DELETE CASCADE
);
COMMENT ON TABLE crashlight.log_sources IS 'Logs in which crashes were found.';
COMMENT ON COLUMN crashlight.log_sources.id IS 'A number of no meaning.';
COMMENT ON COLUMN crashlight.log_sources.workspace_id IS 'The workspace it was found in, if any.';
COMMENT ON COLUMN crashlight.log_sources.path IS 'The file, or ''-'' for standard input.';
COMMENT ON COLUMN crashlight.log_sources.first_seen IS 'When a crash was first found in it.';
CREATE TABLE crashlight.explanations (
    analysis_id BIGINT NOT NULL,
    category TEXT NOT NULL,
    confidence DOUBLE PRECISION NOT NULL,
    speaker TEXT NOT NULL,
    rule TEXT,
    body BYTEA NOT NULL,
    CONSTRAINT explanations_pkey PRIMARY KEY (analysis_id),
    CONSTRAINT explanations_confidence_check CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT explanations_speaker_check CHECK (speaker IN ('rules', 'model', 'facts')),
    CONSTRAINT explanations_analysis_id_fkey FOREIGN KEY(analysis_id) REFERENCES crashlight.analyses (id) ON DELETE CASCADE
);
CREATE INDEX explanations_category_idx ON crashlight.explanations (category);
COMMENT ON TABLE crashlight.explanations IS 'Why it crashed and what to do, in words.';
COMMENT ON COLUMN crashlight.explanations.analysis_id IS 'The analysis it belongs to.';
COMMENT ON COLUMN crashlight.explanations.category IS 'What had to change so that it does not crash.';
COMMENT ON COLUMN crashlight.explanations.confidence IS 'Of the category, 0 to 1.';
COMMENT ON COLUMN crashlight.explanations.speaker IS 'Who speaks: rules, model or facts.';
COMMENT ON COLUMN crashlight.explanations.rule IS 'The rule that spoke with it.';
COMMENT ON COLUMN crashlight.explanations.body IS 'Cause and fix in words: JSON, compressed (zstd).';
CREATE TABLE crashlight.fixes (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    group_id BIGINT NOT NULL,
    fix TEXT NOT NULL,
    analysis_id BIGINT,
    title TEXT NOT NULL,
    speaker TEXT NOT NULL,
    rule TEXT,
    prompt TEXT,
    verified TEXT[] NOT NULL,
    body BYTEA NOT NULL,
    offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT fixes_pkey PRIMARY KEY (id),
    CONSTRAINT fixes_speaker_check CHECK (speaker IN ('rules', 'model', 'facts')),
    CONSTRAINT fixes_group_id_fix_key UNIQUE (group_id, fix),
    CONSTRAINT fixes_group_id_fkey FOREIGN KEY(group_id) REFERENCES crashlight.crash_groups (id) ON DELETE CASCADE,
    CONSTRAINT fixes_analysis_id_fkey FOREIGN KEY(analysis_id) REFERENCES crashlight.analyses (id) ON DELETE CASCADE
);
CREATE INDEX fixes_analysis_id_idx ON crashlight.fixes (analysis_id);
COMMENT ON TABLE crashlight.fixes IS 'Changes that were checked and offered.';
COMMENT ON COLUMN crashlight.fixes.id IS 'A number of no meaning.';
COMMENT ON COLUMN crashlight.fixes.group_id IS 'The group of crashes it is about.';
COMMENT ON COLUMN crashlight.fixes.fix IS 'The fix''s own id, which feedback carries.';
COMMENT ON COLUMN crashlight.fixes.analysis_id IS 'The analysis it came with, if a model made it.';
COMMENT ON COLUMN crashlight.fixes.title IS 'As the editor shows it.';
COMMENT ON COLUMN crashlight.fixes.speaker IS 'Who proposes it: rules, model or facts.';
COMMENT ON COLUMN crashlight.fixes.rule IS 'The rule that proposed it.';
COMMENT ON COLUMN crashlight.fixes.prompt IS 'The prompt, id@version.';
COMMENT ON COLUMN crashlight.fixes.verified IS 'What was checked: applies, parses, …';
COMMENT ON COLUMN crashlight.fixes.body IS 'The edits: JSON, compressed (zstd).';
COMMENT ON COLUMN crashlight.fixes.offered_at IS 'When it was first offered.';
CREATE TABLE crashlight.occurrences (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    identity UUID NOT NULL,
    group_id BIGINT NOT NULL,
    log_id BIGINT NOT NULL,
    first_line INTEGER NOT NULL,
    last_line INTEGER NOT NULL,
    plugin TEXT NOT NULL,
    message TEXT NOT NULL,
    culprit_file TEXT,
    culprit_line INTEGER,
    culprit_function TEXT,
    causes BYTEA NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE NOT NULL,
    author TEXT DEFAULT CURRENT_USER NOT NULL,
    CONSTRAINT occurrences_pkey PRIMARY KEY (id),
    CONSTRAINT occurrences_lines_check CHECK (first_line >= 1 AND last_line >= first_line),
    CONSTRAINT occurrences_identity_key UNIQUE (identity),
    CONSTRAINT occurrences_group_id_fkey FOREIGN KEY(group_id) REFERENCES crashlight.crash_groups (id) ON DELETE CASCADE,
    CONSTRAINT occurrences_log_id_fkey FOREIGN KEY(log_id) REFERENCES crashlight.log_sources (id) ON DELETE CASCADE
);
CREATE INDEX occurrences_found_at_idx ON crashlight.occurrences (found_at);
CREATE INDEX occurrences_group_id_found_at_idx ON crashlight.occurrences (group_id, found_at);
CREATE INDEX occurrences_log_id_idx ON crashlight.occurrences (log_id);
COMMENT ON TABLE crashlight.occurrences IS 'Single crashes in logs. Kept for a year; the group''s counters stay.';
COMMENT ON COLUMN crashlight.occurrences.id IS 'A number of no meaning.';
COMMENT ON COLUMN crashlight.occurrences.identity IS 'Made of log, line, fingerprint and content: the same occurrence is stored once.';
COMMENT ON COLUMN crashlight.occurrences.group_id IS 'The group of crashes it is about.';
COMMENT ON COLUMN crashlight.occurrences.log_id IS 'The log it stands in.';
COMMENT ON COLUMN crashlight.occurrences.first_line IS 'First line of the report in its file, from 1.';
COMMENT ON COLUMN crashlight.occurrences.last_line IS 'Last line of the report, inclusive.';
COMMENT ON COLUMN crashlight.occurrences.plugin IS 'The analyzer that found it.';
COMMENT ON COLUMN crashlight.occurrences.message IS 'What the root cause says, redacted.';
COMMENT ON COLUMN crashlight.occurrences.culprit_file IS 'Where to look first: the file, relative to the workspace if inside.';
COMMENT ON COLUMN crashlight.occurrences.culprit_line IS 'Where to look first: the line, from 1.';
COMMENT ON COLUMN crashlight.occurrences.culprit_function IS 'Where to look first: the function.';
COMMENT ON COLUMN crashlight.occurrences.causes IS 'The chain of causes: redacted JSON, compressed (zstd).';
COMMENT ON COLUMN crashlight.occurrences.found_at IS 'When it was found.';
COMMENT ON COLUMN crashlight.occurrences.author IS 'The database role that wrote it.';

INSERT INTO crashlight.feedback_kinds (kind, meaning, valuable) VALUES
    ('seen', 'An occurrence of the crash was found in a log.', false),
    ('shown', 'It was in an answer that the user asked for.', false),
    ('previewed', 'The user looked at the edit of a fix.', false),
    ('claimed', 'The user took a fix; whether the text changed is not known.', true),
    ('accepted', 'The document holds the edit of a fix.', true),
    ('kept', 'The edit was still there a day later.', true),
    ('edited', 'The user changed the lines of an accepted fix.', true),
    ('reverted', 'The user took an accepted fix back.', true),
    ('recurred', 'The same crash was found again after its fix.', true),
    ('gone', 'The crash did not come back after its fix.', true),
    ('thumbs_up', 'The user found it right.', true),
    ('thumbs_down', 'The user found it wrong.', true),
    ('comment', 'The user wrote something.', true),
    ('ignored', 'The user does not want to see this group.', true),
    ('resolved', 'The user says that the crash is dealt with.', true),
    ('reopened', 'The user wants to see this group again.', true);
COMMENT ON SCHEMA crashlight IS 'Crashlight: crashes, explanations, fixes and what was learnt from them.';
