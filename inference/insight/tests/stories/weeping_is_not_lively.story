# A lively voice, and a face that pulls its mouth with shut eyes for a third of the time: no praise of liveliness, no smiles, no Engagement.
device-check
0:00 speak 140
0:00 tone 3.6
0:00 lively 0.5
0:10 look shut
0:10 smile 0.5
0:20 look camera
0:20 smile 0
0:40 look shut
0:40 smile 0.5
0:50 look camera
0:50 smile 0
1:00 end
expect engagement unsaid
expect smile under 1
expect words "it cannot be said how lively you looked"
hint 0:17.6 look_at_camera | eyes on the camera for 10 % of the last 8 s
hint 0:57.6 good_pace | about 140 words a minute over the last 30 s
