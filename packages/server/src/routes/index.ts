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
import { addRowRoutes } from './rows.ts';
import { addRunRoutes } from './runs.ts';
import type { Services } from './services.ts';
import { addSplitRoutes } from './splits.ts';
import { addTraceRoutes } from './traces.ts';

/** Every route of the server. */
export function addRoutes(api: Api, http: Hono, services: Services): void {
  addHealthRoutes(http, services);
  addUploadRoutes(api, services);
  addDatasetRoutes(api, services);
  addDatasetDownloadRoutes(api, services);
  addSplitRoutes(api, services);
  addExperimentRoutes(api, services);
  addExperimentDownloadRoutes(api, services);
  addRunRoutes(api, services);
  addTraceRoutes(api, services);
  addAnnotationRoutes(api, services);
  addAnalysisRoutes(api, services);
  addRowRoutes(api, services);
  addFrameRoutes(api, services);
  addEventRoutes(api, services);
  addDocumentRoutes(api, http);
}
