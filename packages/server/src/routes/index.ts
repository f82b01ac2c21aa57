import type { Hono } from 'hono';
import type { Api } from '../api.ts';
import { addDatasetDownloadRoutes } from './dataset-downloads.ts';
import { addUploadRoutes } from './dataset-upload.ts';
import { addDatasetRoutes } from './datasets.ts';
import { addAnalysisRoutes } from './analysis.ts';
import { addAnnotationRoutes } from './annotations.ts';
import { addDocumentRoutes } from './document.ts';
import { addEventRoutes } from './events.ts';
import { addExperimentDownloadRoutes } from './experiment-downloads.ts';
import { addExperimentRoutes } from './experiments.ts';
import { addFrameRoutes } from './frames.ts';
import { addHealthRoutes } from './health.ts';
import { addLabelRoutes } from './labels.ts';
import { addJobRoutes } from './jobs.ts';
import { addRowRoutes } from './rows.ts';
import { addRunRoutes } from './runs.ts';
import type { Services } from './services.ts';
import { addSpanRoutes } from './spans.ts';
import { addSplitRoutes } from './splits.ts';
import { addTraceAnnotationRoutes } from './trace-annotations.ts';
import { addTraceRoutes } from './traces.ts';

/** Every route of the server. */
export function addRoutes(api: Api, http: Hono, services: Services): void {
  addHealthRoutes(api, services);
  addUploadRoutes(api, services);
  addDatasetRoutes(api, services);
  addDatasetDownloadRoutes(api, services);
  addSplitRoutes(api, services);
  addLabelRoutes(api, services);
  addExperimentRoutes(api, services);
  addExperimentDownloadRoutes(api, services);
  addRunRoutes(api, services);
  addTraceRoutes(api, services);
  addSpanRoutes(api, services);
  addTraceAnnotationRoutes(api, services);
  addAnnotationRoutes(api, services);
  addAnalysisRoutes(api, services);
  addRowRoutes(api, services);
  addFrameRoutes(api, services);
  addJobRoutes(api, services);
  addEventRoutes(api, services);
  addDocumentRoutes(api, http);
}
