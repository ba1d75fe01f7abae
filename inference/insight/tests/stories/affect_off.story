# The operator switched affect off: no valence, arousal or stress, and the words say so.
device-check
affect-off
0:00 speak 140
0:40 tense 0.45
0:46 calm
1:10 end
expect spikes 0
expect resilience unsaid
expect valence unsaid
expect brow_tension unsaid
expect no hint take_a_breath
expect words "switched valence, arousal and stress off"
expect confidence over 50
hint 0:30.2 good_eye_contact | eyes on the camera for 100 % of the last 20 s
