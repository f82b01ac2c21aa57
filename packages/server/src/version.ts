/** The version of Phoenix whose behaviour is met. Its clients ask for it, and hold back from what older ones lack. */
export const phoenixVersion = '20.26.1';
