---@meta
-- Made by `python -m crashlight.settings.generate` from the server's settings; do not edit.

---@class crashlight.Settings
---@field logs? crashlight.Settings.Logs
---@field sources? crashlight.Settings.Sources
---@field model? crashlight.Settings.Model
---@field database? crashlight.Settings.Database
---@field plugins? crashlight.Settings.Plugins
---@field feedback? crashlight.Settings.Feedback

---@class crashlight.Settings.Logs
---@field globs? string[] Files that are watched for crashes.
---@field exclude? string[] Files that are never watched.
---@field ignore? string[] Fingerprints and rules that are not reported.
---@field watch? boolean Report crashes in logs that are not open.

---@class crashlight.Settings.Sources
---@field pathMaps? table<string, string> Path prefixes as logs print them (a container, a CI machine) to folders of the workspace.
---@field inApp? string[] Path or module prefixes that belong to the application.
---@field notInApp? string[] Path or module prefixes that do not.

---@class crashlight.Settings.Model
---@field enabled? boolean Ask the model about crashes that rules leave open.
---@field name? string A model of the registry.
---@field path? string A GGUF file of your own.
---@field endpoint? string An OpenAI-compatible server to ask instead; prompts are sent there.
---@field threads? integer Threads; 0 chooses by load.
---@field idleMinutes? integer Unload after this much rest.

---@class crashlight.Settings.Database
---@field url? string A PostgreSQL server to use instead of the embedded one.
---@field binaries? string Folder of the PostgreSQL programs to run the embedded server with.
---@field poolSize? integer Connections at most.

---@class crashlight.Settings.Plugins
---@field minimumLevel? 'full'|'none'|'process'|'seccomp' The weakest sandbox that third-party plugins may run in.
---@field wallMs? integer Time for a request at most.
---@field memoryMb? integer Memory of a worker at most.

---@class crashlight.Settings.Feedback
---@field enabled? boolean Remember which fixes were shown and taken.
---@field experiments? boolean Let prompt versions compete.
